using Prestage.Simulators.JumpCloud;
using Xunit;

namespace Prestage.Tests.Simulation;

public sealed class JumpCloudPasswordTests
{
    private const string Good = "Correct-horse-7";

    [Fact]
    public async Task A_password_activates_the_person_but_not_the_state()
    {
        await using var tenant = await TenantClient.StartAsync();
        var user = tenant.Tenant.AddUser(new TenantUser { Username = "anna", PasswordExpired = true });

        var reply = await PutAsync(tenant, user, Good);
        var read = await tenant.SendAsync("GET", $"/api/systemusers/{user.Id}");

        Assert.Equal(200, reply.Status);
        Assert.DoesNotContain(Good, reply.Text, StringComparison.Ordinal);
        Assert.True(read.Json.GetProperty("activated").GetBoolean());
        Assert.False(read.Json.GetProperty("password_expired").GetBoolean());
        Assert.Equal("STAGED", read.Json.GetProperty("state").GetString());
        Assert.NotNull(read.Json.GetProperty("password_date").GetString());
        Assert.True(tenant.Tenant.CheckPassword(user.Id, Good));
        Assert.False(tenant.Tenant.CheckPassword(user.Id, "Correct-horse-8"));
    }

    [Theory]
    [InlineData("Short-7", "minLength")]
    [InlineData("CORRECT-HORSE-7", "lowercase")]
    [InlineData("correct-horse-7", "uppercase")]
    [InlineData("Correct-horse-x", "number")]
    [InlineData("Correcthorse7x", "specialCharacter")]
    [InlineData("Anna-is-Annasson-7", "username")]
    [InlineData("Password123!", "commonPassword")]
    [InlineData("Correct-4321-horse", "sequentialOrRepetitive")]
    [InlineData("Earlier-horse-7", "passwordHistory")]
    [InlineData("anna", "minLength uppercase number specialCharacter username")]
    public async Task Every_broken_rule_is_listed_in_the_published_shape(string password, string codes)
    {
        await using var tenant = await TenantClient.StartAsync();
        tenant.Tenant.Policy = new PasswordPolicy { NeedsSymbolic = true, DisallowSequentialOrRepetitiveChars = true };
        var user = tenant.Tenant.AddUser(new TenantUser { Username = "Anna" }, "Earlier-horse-7");

        var reply = await PutAsync(tenant, user, password, "?fullValidationDetails=password");
        var plain = await PutAsync(tenant, user, password);

        Assert.Equal(400, reply.Status);
        Assert.Equal("INVALID_ARGUMENT", reply.Json.GetProperty("status").GetString());
        Assert.Equal("Password validation fail", reply.Json.GetProperty("message").GetString());
        var details = Assert.Single(reply.Json.GetProperty("details").EnumerateArray());
        Assert.Equal("type.googleapis.com/google.rpc.BadRequest", details.GetProperty("@type").GetString());
        Assert.Equal(codes, string.Join(' ', details.GetProperty("fieldViolationsList").EnumerateArray().Select(one => one.GetProperty("description").GetString())));
        Assert.Equal(400, plain.Status);
        Assert.Equal(["message"], plain.Json.EnumerateObject().Select(member => member.Name));
        Assert.True(tenant.Tenant.CheckPassword(user.Id, "Earlier-horse-7"));
    }

    [Fact]
    public async Task A_rule_is_inert_unless_it_is_enabled_and_history_reaches_only_so_far()
    {
        await using var tenant = await TenantClient.StartAsync();
        tenant.Tenant.Policy = new PasswordPolicy { EnableMinLength = false, NeedsUppercase = false, NeedsNumeric = false, MaxHistory = 1 };
        var user = tenant.Tenant.AddUser(new TenantUser { Username = "anna" }, "first");

        Assert.Equal(400, (await PutAsync(tenant, user, "first")).Status);
        Assert.Equal(200, (await PutAsync(tenant, user, "second")).Status);
        Assert.Equal(200, (await PutAsync(tenant, user, "first")).Status);
    }

    [Theory]
    [InlineData("""{"password":""}""")]
    [InlineData("""{"password":7}""")]
    [InlineData("""{"state":"STAGED"}""")]
    [InlineData("""{"state":"ACTIVATED","suspended":true}""")]
    [InlineData("""{"employeeIdentifier":"17"}""")]
    [InlineData("""{"sudo":"yes"}""")]
    [InlineData("""["password"]""")]
    public async Task An_update_that_JumpCloud_refuses_changes_nothing(string body)
    {
        await using var tenant = await TenantClient.StartAsync();
        tenant.Tenant.AddUser(new TenantUser { Username = "bert", EmployeeIdentifier = "17" });
        var user = tenant.Tenant.AddUser(new TenantUser { Username = "anna" });

        Assert.Equal(400, (await tenant.SendAsync("PUT", $"/api/systemusers/{user.Id}", body)).Status);
        Assert.Equal(user, tenant.Tenant.Now.Users[user.Id].User);
    }

    [Fact]
    public async Task A_password_of_another_directory_is_not_set()
    {
        await using var tenant = await TenantClient.StartAsync();
        var byAd = tenant.Tenant.AddUser(new TenantUser { Username = "ad", DelegatedAuthority = new DelegatedAuthority("ad1") });
        var byScim = tenant.Tenant.AddUser(new TenantUser { Username = "scim", RestrictedFields = [new RestrictedField("password", Type: "scim")] });

        Assert.Equal(400, (await PutAsync(tenant, byAd, Good)).Status);
        Assert.Equal(400, (await PutAsync(tenant, byScim, Good)).Status);
        Assert.Equal(200, (await tenant.SendAsync("PUT", $"/api/systemusers/{byAd.Id}", """{"company":"Example"}""")).Status);
    }

    [Fact]
    public async Task What_is_not_documented_can_be_turned_round()
    {
        await using var tenant = await TenantClient.StartAsync(options =>
        {
            options.EmptyPasswordIgnored = true;
            options.PasswordActivatesState = true;
            options.ActivateAgainConflicts = true;
            options.UnknownIdMessage = "no such thing";
            options.ViolationCodes["minLength"] = "tooShort";
        });
        tenant.Tenant.Policy = new PasswordPolicy { EnableMinChangePeriodInDays = true };
        var user = tenant.Tenant.AddUser(new TenantUser { Username = "anna" });

        Assert.Equal(200, (await PutAsync(tenant, user, "")).Status);
        Assert.False(tenant.Tenant.Now.Users[user.Id].User.Activated);
        Assert.Equal(200, (await PutAsync(tenant, user, Good)).Status);
        Assert.Equal("ACTIVATED", tenant.Tenant.Now.Users[user.Id].User.State);
        Assert.Equal(409, (await tenant.SendAsync("POST", $"/api/systemusers/{user.Id}/state/activate", "{}")).Status);
        var refused = (await PutAsync(tenant, user, "Short-7", "?fullValidationDetails=password")).Text;
        Assert.Contains("tooShort", refused, StringComparison.Ordinal);
        Assert.Contains("minChangePeriod", refused, StringComparison.Ordinal);
        Assert.Equal("""{"message":"no such thing"}""", (await tenant.SendAsync("GET", "/api/systemusers/640000000000000000000001")).Text);
    }

    [Fact]
    public async Task State_actions_do_what_they_say_and_no_more()
    {
        await using var tenant = await TenantClient.StartAsync();
        var user = tenant.Tenant.AddUser(new TenantUser { Username = "anna", AccountLocked = true, PasswordExpired = true });
        var suspended = tenant.Tenant.AddUser(new TenantUser { Username = "bert", State = "SUSPENDED", Suspended = true });

        Assert.Equal(200, (await tenant.SendAsync("POST", $"/api/systemusers/{user.Id}/state/activate", """{"email":false}""")).Status);
        Assert.Equal("OK", (await tenant.SendAsync("POST", $"/api/systemusers/{user.Id}/unlock")).Text);
        Assert.Equal(409, (await tenant.SendAsync("POST", $"/api/systemusers/{suspended.Id}/state/activate", "{}")).Status);
        Assert.Equal(400, (await tenant.SendAsync("POST", $"/api/systemusers/{user.Id}/state/activate", """{"email":7}""")).Status);
        await tenant.SendAsync("POST", $"/api/systemusers/{suspended.Id}/expire");
        Assert.True(tenant.Tenant.Now.Users[suspended.Id].User.PasswordExpired);

        var after = tenant.Tenant.Now.Users[user.Id].User;
        Assert.Equal(("ACTIVATED", false, true), (after.State, after.AccountLocked, after.PasswordExpired));
    }

    [Theory]
    [InlineData("640000000000000000000001", 404)]
    [InlineData("64", 400)]
    [InlineData("64000000000000000000000g", 400)]
    public async Task An_id_is_malformed_or_unknown(string id, int status)
    {
        await using var tenant = await TenantClient.StartAsync();

        Assert.Equal(status, (await tenant.SendAsync("GET", $"/api/systemusers/{id}")).Status);
        Assert.Equal(status, (await tenant.SendAsync("PUT", $"/api/systemusers/{id}", """{"password":"x"}""")).Status);
        Assert.Equal(status, (await tenant.SendAsync("GET", $"/api/v2/passwordpolicies/user/{id}")).Status);
    }

    [Fact]
    public async Task The_effective_policy_is_the_persons_own_else_the_organizations()
    {
        await using var tenant = await TenantClient.StartAsync();
        var (anna, bert) = (tenant.Tenant.AddUser(new TenantUser { Username = "anna" }), tenant.Tenant.AddUser(new TenantUser { Username = "bert" }));
        tenant.Tenant.PoliciesByUser[anna.Id] = new PasswordPolicy { MinLength = 20, Default = false };

        async Task<int> LengthAsync(TenantUser user) => (await tenant.SendAsync("GET", $"/api/v2/passwordpolicies/user/{user.Id}"))
            .Json.GetProperty("policy").GetProperty("minLength").GetInt32();
        var settings = (await tenant.SendAsync("GET", "/api/organizations/5f0000000000000000000001")).Json.GetProperty("settings");

        Assert.Equal((20, 12), (await LengthAsync(anna), await LengthAsync(bert)));
        Assert.Equal(400, (await PutAsync(tenant, anna, Good)).Status);
        Assert.Equal("custom", settings.GetProperty("passwordCompliance").GetString());
        Assert.Equal(12, settings.GetProperty("passwordPolicy").GetProperty("minLength").GetInt32());
        tenant.JumpCloud.Options.PasswordPolicyEndpointMissing = true;
        Assert.Equal(404, (await tenant.SendAsync("GET", $"/api/v2/passwordpolicies/user/{anna.Id}")).Status);
    }

    private static Task<Reply> PutAsync(TenantClient tenant, TenantUser user, string password, string query = "") =>
        tenant.SendAsync("PUT", $"/api/systemusers/{user.Id}{query}", $$"""{"password":"{{password}}"}""");
}
