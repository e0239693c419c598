using System.Text.Json;
using Prestage.Simulators.JumpCloud;
using Xunit;

namespace Prestage.Tests.Simulation;

public sealed class JumpCloudSearchTests
{
    [Theory]
    [InlineData("""{"filter":[{"email":"anna@example.com"}]}""", "anna")]
    [InlineData("""{"filter":[{"email":"Anna@Example.com"}]}""", "")]
    [InlineData("""{"filter":[{"activated":false,"lastname":"Berg"}]}""", "bert")]
    [InlineData("""{"filter":[{"activated":false},{"lastname":"Berg"}]}""", "bert")]
    [InlineData("""{"filter":{"lastname":"Berg"}}""", "anna bert")]
    [InlineData("""{"filter":{"and":[{"lastname":"Berg"},"username:$ne:anna"]}}""", "bert")]
    [InlineData("""{"filter":{"or":[{"username":"anna"},"username:$eq:carl"]}}""", "anna carl")]
    [InlineData("""{"filter":["activated:$eq:true","lastname:$eq:Berg"]}""", "anna")]
    [InlineData("""{"filter":"description:$eq:a:b:c"}""", "carl")]
    [InlineData("""{"filter":["username:$regex:/^AN/i"]}""", "anna")]
    [InlineData("""{"filter":{"email":{"$regex":"^anna@example\\.com$"}}}""", "anna")]
    [InlineData("""{"filter":{"email":{"$regex":"^ANNA@example\\.com$"}}}""", "")]
    [InlineData("""{"filter":{"email":{"$regex":"(?i)^ANNA@example\\.com$"}}}""", "anna")]
    [InlineData("""{"filter":{"email":{"$regex":"^ANNA@example\\.com$","$options":"i"}}}""", "anna")]
    [InlineData("""{"filter":{"username":{"$in":["bert","carl"]}}}""", "bert carl")]
    [InlineData("""{"filter":{"username":{"$gte":"anna","$lt":"carl"}}}""", "anna bert")]
    [InlineData("""{"filter":{"username":{"$gt":"anna","$lte":"carl"}}}""", "bert carl")]
    [InlineData("""{"filter":{"recoveryEmail.address":{"$eq":"private@example.net"}}}""", "bert")]
    [InlineData("""{"filter":{"employeeIdentifier":null}}""", "carl")]
    [InlineData("""{"filter":{"employeeIdentifier":"17","employeeIdentifier":{"$ne":"x"}}}""", "anna bert carl")]
    [InlineData("""{"searchFilter":{"searchTerm":"BER","fields":["lastname"]}}""", "anna bert")]
    [InlineData("""{"sort":"-username"}""", "carl bert anna")]
    [InlineData("""{"sort":"lastname -username"}""", "bert anna carl")]
    [InlineData("", "anna bert carl")]
    public async Task Every_shape_of_filter_finds_whom_it_should(string body, string expected)
    {
        await using var tenant = await PeopleAsync();

        var reply = await tenant.SearchAsync(body);

        Assert.Equal(200, reply.Status);
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), reply.Names);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"filter":7}""")]
    [InlineData("""{"filter":["username:eq:anna"]}""")]
    [InlineData("""{"filter":{"email":{"$where":"1"}}}""")]
    [InlineData("""{"filter":{"email":{"$regex":"("}}}""")]
    [InlineData("""{"limit":"many"}""")]
    public async Task What_is_not_a_search_is_400(string body)
    {
        await using var tenant = await PeopleAsync();

        Assert.Equal(400, (await tenant.SearchAsync(body)).Status);
    }

    [Theory]
    [InlineData("""{"fields":"username , systemUsername"}""", "_id systemUsername username")]
    [InlineData("""{"fields":["email"]}""", "_id email")]
    public async Task Only_the_fields_asked_for_come_back_and_the_id(string body, string expected)
    {
        await using var tenant = await PeopleAsync();

        var first = (await tenant.SearchAsync(body)).Json.GetProperty("results")[0];

        Assert.Equal(expected, string.Join(' ', first.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task The_local_account_name_is_hidden_unless_asked_for()
    {
        await using var tenant = await PeopleAsync();

        var all = (await tenant.SearchAsync("""{"filter":{"username":"anna"}}""")).Json.GetProperty("results")[0];
        var asked = (await tenant.SearchAsync("""{"filter":{"username":"anna"},"fields":"systemUsername"}""")).Json.GetProperty("results")[0];

        Assert.False(all.TryGetProperty("systemUsername", out _));
        Assert.Equal("anna.berg", asked.GetProperty("systemUsername").GetString());
    }

    [Fact]
    public async Task The_total_counts_before_paging_and_a_page_is_ten_unless_asked()
    {
        await using var tenant = await TenantClient.StartAsync();
        for (var i = 0; i < 12; i++)
        {
            tenant.Tenant.AddUser(new TenantUser { Username = $"user{i:d2}" });
        }

        var first = await tenant.SearchAsync("""{"sort":"username"}""");
        var rest = await tenant.SearchAsync("""{"sort":"username","skip":10,"limit":100}""");
        var byQuery = await tenant.SendAsync("GET", "/api/systemusers?limit=1&skip=3&sort=username");

        Assert.Equal(12, first.Json.GetProperty("totalCount").GetInt32());
        Assert.Equal(10, first.Names.Length);
        Assert.Equal(["user10", "user11"], rest.Names);
        Assert.Equal(["user03"], byQuery.Names);
    }

    [Fact]
    public async Task Properties_come_in_no_order()
    {
        await using var tenant = await PeopleAsync();
        var orders = new HashSet<string>();

        for (var i = 0; i < 30; i++)
        {
            var result = (await tenant.SearchAsync("""{"fields":"username email"}""")).Json.GetProperty("results")[0];
            orders.Add(string.Join(' ', result.EnumerateObject().Select(member => member.Name)));
        }

        Assert.True(orders.Count > 1);
    }

    [Fact]
    public async Task A_list_filters_by_its_query_and_systems_are_found_by_serial_number_duplicates_included()
    {
        await using var tenant = await PeopleAsync();
        tenant.Tenant.AddSystem(new TenantSystem { SerialNumber = "C02X" });
        tenant.Tenant.AddSystem(new TenantSystem { SerialNumber = "C02X", Active = false });
        tenant.Tenant.AddSystem(new TenantSystem { SerialNumber = "C02X", Organization = "5f00000000000000000000ff" });

        var either = await tenant.SendAsync("GET", "/api/systemusers?filter[or][0]=username:$eq:anna&filter[or][1]=username:$eq:bert&sort=username");
        var both = await tenant.SendAsync("GET", "/api/systemusers?filter=lastname:$eq:Berg&filter=activated:$eq:true");
        var systems = await tenant.SendAsync("POST", "/api/search/systems", """{"filter":[{"serialNumber":"C02X"}],"fields":"active"}""");

        Assert.Equal(["anna", "bert"], either.Names);
        Assert.Equal(["anna"], both.Names);
        Assert.Equal(2, systems.Json.GetProperty("totalCount").GetInt32());
        Assert.Equal([JsonValueKind.True, JsonValueKind.False],
            systems.Json.GetProperty("results").EnumerateArray().Select(one => one.GetProperty("active").ValueKind).Order());
    }

    private static async Task<TenantClient> PeopleAsync()
    {
        var tenant = await TenantClient.StartAsync();
        tenant.Tenant.AddUser(new TenantUser
        {
            Id = "640000000000000000000001",
            Username = "anna",
            Email = "anna@example.com",
            Lastname = "Berg",
            SystemUsername = "anna.berg",
            EmployeeIdentifier = "17",
            State = "ACTIVATED",
        }, "Correct-horse-7");
        tenant.Tenant.AddUser(new TenantUser
        {
            Id = "640000000000000000000002",
            Username = "bert",
            Email = "bert@example.com",
            Lastname = "Berg",
            RecoveryEmail = new RecoveryEmail("private@example.net"),
            EmployeeIdentifier = "18",
        });
        tenant.Tenant.AddUser(new TenantUser { Id = "640000000000000000000003", Username = "carl", Email = "carl@example.com", Lastname = "Dahl", Description = "a:b:c" });
        return tenant;
    }
}
