using System.Net;
using System.Net.Sockets;
using Prestage.Functions.JumpCloud;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.JumpCloud;

public sealed class JumpCloudClientTests : IAsyncLifetime
{
    private SimulatedJumpCloud jumpCloud = null!;
    private DirectoryClients clients = null!;
    private readonly CountedSecrets secrets = new();

    private IJumpCloud Client => clients.JumpCloud;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        jumpCloud = await SimulatedJumpCloud.StartAsync(cancellationToken: Cancel);
        secrets.AtSource[ApiKeyCredential.SecretName] = jumpCloud.Options.ApiKeys[0];
        clients = new(Options(), secrets);
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(jumpCloud.Journal.UnknownRoutes);
        clients.Dispose();
        await jumpCloud.DisposeAsync();
    }

    [Theory]
    [InlineData("ANNA.o'brien+x@example.com")]
    [InlineData("anna.o'brien+x@EXAMPLE.com")]
    public async Task A_search_finds_without_regard_to_case_and_takes_no_character_for_a_pattern(string typed)
    {
        jumpCloud.Tenant.AddUser(People.New() with { Email = "anna.o'brien+x@example.com", SystemUsername = "aob" });
        jumpCloud.Tenant.AddUser(People.New("other") with { Email = "annaXo'brien+x@example.com" });

        var user = Assert.Single(await Client.SearchUsersAsync("email", typed, Cancel));

        Assert.Equal("aob", user.AccountName);
    }

    [Theory]
    [InlineData(FaultKind.Status, 429)]
    [InlineData(FaultKind.Status, 500)]
    [InlineData(FaultKind.Html, 502)]
    [InlineData(FaultKind.Status, 503)]
    [InlineData(FaultKind.Reset, 0)]
    public async Task A_read_is_repeated_when_JumpCloud_is_busy(object kind, int status)
    {
        var anna = jumpCloud.Tenant.AddUser(People.New());
        jumpCloud.Faults.Add(new Fault { Kind = (FaultKind)kind, Status = status, Times = 2 });

        Assert.Equal(anna.Id, (await Client.FindUserAsync(anna.Id, Cancel))!.Id);

        Assert.Equal(3, jumpCloud.Journal.Requests.Count);
    }

    [Theory]
    [InlineData(FaultKind.Status, 503, DirectoryFailure.Busy)]
    [InlineData(FaultKind.Html, 200, DirectoryFailure.Busy)]
    [InlineData(FaultKind.TruncatedJson, 200, DirectoryFailure.Busy)]
    [InlineData(FaultKind.Empty, 200, DirectoryFailure.Busy)]
    [InlineData(FaultKind.Unauthorized, 401, DirectoryFailure.KeyRefused)]
    [InlineData(FaultKind.IpBlock, 403, DirectoryFailure.KeyRefused)]
    [InlineData(FaultKind.Status, 400, DirectoryFailure.Refused)]
    public async Task Every_other_answer_is_one_of_four_failures(object kind, int status, object failure)
    {
        var anna = jumpCloud.Tenant.AddUser(People.New());
        jumpCloud.Faults.Add(new Fault { Kind = (FaultKind)kind, Status = status });

        var thrown = await Assert.ThrowsAsync<DirectoryException>(() => Client.FindUserAsync(anna.Id, Cancel));

        Assert.Equal(failure, thrown.Failure);
        Assert.DoesNotContain(anna.Id, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FaultKind.Status, DirectoryFailure.Refused)]
    [InlineData(FaultKind.IpBlock, DirectoryFailure.KeyRefused)]
    public async Task A_403_to_a_password_is_about_the_person_unless_it_is_a_gateway_s_page(object kind, object failure)
    {
        var anna = jumpCloud.Tenant.AddUser(People.New());
        jumpCloud.Faults.Add(new Fault { Kind = (FaultKind)kind, Status = 403, Method = "PUT" });

        var thrown = await Assert.ThrowsAsync<DirectoryException>(() => Client.SetPasswordAsync(anna.Id, new("Correct-horse-1"), Cancel));

        Assert.Equal(failure, thrown.Failure);
    }

    [Fact]
    public async Task A_missing_thing_is_null_to_a_read_and_a_failure_of_its_own_to_a_write()
    {
        Assert.Null(await Client.FindUserAsync(new('a', 24), Cancel));
        Assert.Null(await Client.FindSystemAsync(new('a', 24), Cancel));

        var thrown = await Assert.ThrowsAsync<DirectoryException>(() => Client.AddBindingAsync(new('a', 24), new('b', 24), false, Cancel));
        Assert.Equal(DirectoryFailure.Missing, thrown.Failure);
    }

    [Fact]
    public async Task A_connection_that_is_reset_as_it_opens_is_tried_again()
    {
        using var stub = new StubHandler(_ => throw new SocketException((int)SocketError.NotConnected), StubHandler.Answer(HttpStatusCode.OK, "{}"));
        using var opening = new DirectoryClients(Options(), secrets, network: stub);

        Assert.NotNull(await opening.JumpCloud.FindUserAsync(new('a', 24), Cancel));
    }

    [Fact]
    public async Task A_silent_JumpCloud_is_given_up_after_a_try_s_limit_and_tried_again()
    {
        var anna = jumpCloud.Tenant.AddUser(People.New());
        jumpCloud.Faults.Add(new Fault { Kind = FaultKind.Latency, DelayMilliseconds = 60_000, Times = 1 });

        Assert.NotNull(await Client.FindUserAsync(anna.Id, Cancel));
    }

    [Fact]
    public async Task A_key_rotated_in_the_vault_is_picked_up_at_once_and_the_old_one_not_asked_for_again()
    {
        var anna = jumpCloud.Tenant.AddUser(People.New());
        await Client.FindUserAsync(anna.Id, Cancel);
        jumpCloud.Credentials.AddApiKey("jca_the-new-key");
        jumpCloud.Credentials.RevokeApiKey(jumpCloud.Options.ApiKeys[0]);
        secrets.AtSource[ApiKeyCredential.SecretName] = "jca_the-new-key";

        Assert.NotNull(await Client.FindUserAsync(anna.Id, Cancel));
        Assert.NotNull(await Client.FindUserAsync(anna.Id, Cancel));

        Assert.Equal(1, secrets.Reloads[ApiKeyCredential.SecretName]);
    }

    [Fact]
    public async Task A_refused_key_without_another_one_is_asked_for_once_and_then_told()
    {
        var anna = jumpCloud.Tenant.AddUser(People.New());
        jumpCloud.Credentials.RevokeApiKey(jumpCloud.Options.ApiKeys[0]);

        var thrown = await Assert.ThrowsAsync<DirectoryException>(() => Client.FindUserAsync(anna.Id, Cancel));

        Assert.Equal(DirectoryFailure.KeyRefused, thrown.Failure);
        Assert.Equal(1, jumpCloud.Journal.Count("GET", "/api/systemusers/*"));
    }

    [Fact]
    public async Task The_policy_of_the_organization_stands_in_where_there_is_none_of_the_person()
    {
        var anna = jumpCloud.Tenant.AddUser(People.New());
        jumpCloud.Tenant.Policy = new() { MinLength = 17, NeedsSymbolic = true };
        jumpCloud.Options.PasswordPolicyEndpointMissing = true;

        var policy = await Client.GetPasswordPolicyAsync(anna.Id, Cancel);

        Assert.Equal((17, true), (policy.MinLength, policy.NeedsSymbolic));
    }

    [Fact]
    public async Task Adding_twice_and_removing_twice_are_success()
    {
        var system = jumpCloud.Tenant.AddSystem(new() { SerialNumber = "C02" });
        var group = jumpCloud.Tenant.AddGroup(new("Group"));

        await Client.AddToGroupAsync(group.Id, system.Id, Cancel);
        await Client.AddToGroupAsync(group.Id, system.Id, Cancel);
        Assert.Equal([group.Id], await Client.GetGroupsAsync(system.Id, Cancel));
        await Client.RemoveFromGroupAsync(group.Id, system.Id, Cancel);
        await Client.RemoveFromGroupAsync(group.Id, system.Id, Cancel);
        Assert.Empty(await Client.GetGroupsAsync(system.Id, Cancel));
    }

    [Fact]
    public async Task Lists_longer_than_a_page_are_read_to_their_end()
    {
        var system = jumpCloud.Tenant.AddSystem(new() { SerialNumber = "C02" });
        var groups = Enumerable.Range(0, 230).Select(i => jumpCloud.Tenant.AddGroup(new($"Group {i}")).Id).ToHashSet();
        foreach (var group in groups)
        {
            jumpCloud.Tenant.AddMember(group, system.Id);
        }

        Assert.Equal(groups, await Client.GetGroupsAsync(system.Id, Cancel));
        Assert.Equal(3, jumpCloud.Journal.Count("GET", "/api/v2/systems/*/memberof"));
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 100)]
    public async Task A_list_that_repeats_itself_or_never_ends_is_a_failure_of_the_directory(bool repeats, int pages)
    {
        static string Page(int first) => $"[{string.Join(',', Enumerable.Range(first, 100).Select(i => $$"""{"id":"{{i:x24}}","type":"system_group"}"""))}]";
        using var stub = new StubHandler([.. Enumerable.Range(0, pages).Select(i => StubHandler.Answer(HttpStatusCode.OK, Page(repeats ? 0 : i * 100)))]);
        using var endless = new DirectoryClients(Options(), secrets, network: stub);

        var thrown = await Assert.ThrowsAsync<DirectoryException>(() => endless.JumpCloud.GetGroupsAsync(new('a', 24), Cancel));

        Assert.Equal((DirectoryFailure.Busy, pages), (thrown.Failure, stub.Requests.Count));
    }

    [Fact]
    public async Task Calls_say_who_we_are_and_for_which_organization()
    {
        await Client.FindUserAsync(new('a', 24), Cancel);

        var request = Assert.Single(jumpCloud.Journal.Requests);
        Assert.Equal(("apiKey", jumpCloud.Options.OrgId), (request.Auth, request.OrgId));
        Assert.Equal(HttpStatusCode.NotFound, (HttpStatusCode)request.Status);
    }

    private JumpCloudOptions Options() => new() { BaseUrl = jumpCloud.BaseUrl.ToString(), OrgId = jumpCloud.Options.OrgId };
}
