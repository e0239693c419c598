using Prestage.Functions.JumpCloud;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.JumpCloud;

public sealed class ServiceAccountTests : IAsyncLifetime
{
    private const string Id = "5a1b-client";
    private const string First = "first-client-secret-8c1e";
    private const string Second = "second-client-secret-77ab";

    private readonly ManualClock clock = new(TimeProvider.System.GetUtcNow());
    private readonly LogCapture log = new();
    private readonly CountedSecrets secrets = new();
    private SimulatedJumpCloud jumpCloud = null!;
    private DirectoryClients clients = null!;
    private TenantUser anna = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IJumpCloud Client => clients.JumpCloud;

    private int TokenCalls => jumpCloud.Journal.Count("POST", "/oauth2/token");

    public async ValueTask InitializeAsync()
    {
        jumpCloud = await SimulatedJumpCloud.StartAsync(new() { ServiceAccounts = { [Id] = First }, Clock = clock }, Cancel);
        anna = jumpCloud.Tenant.AddUser(People.New());
        secrets.AtSource[ServiceAccountTokens.ClientIdName] = Id;
        secrets.AtSource[ServiceAccountTokens.ClientSecretName] = First;
        clients = new(
            new()
            {
                BaseUrl = jumpCloud.BaseUrl.ToString(), OrgId = jumpCloud.Options.OrgId, Auth = JumpCloudAuth.ServiceAccount,
                TokenUrl = new Uri(jumpCloud.BaseUrl, "oauth2/token").ToString(),
            },
            secrets, log, clock);
    }

    public async ValueTask DisposeAsync()
    {
        string[] secret = [First, Second, .. jumpCloud.Credentials.Tokens];
        Assert.DoesNotContain(log.Lines, line => secret.Any(text => line.Contains(text, StringComparison.Ordinal)));
        clients.Dispose();
        await jumpCloud.DisposeAsync();
    }

    [Fact]
    public async Task Fifty_calls_at_once_fetch_one_token_and_show_it()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Client.FindUserAsync(anna.Id, Cancel)));

        Assert.Equal(1, TokenCalls);
        Assert.Equal(50, jumpCloud.Journal.Find("GET", "/api/systemusers/*").Count(call => call is { Auth: "bearer", Status: 200 }));
    }

    [Fact]
    public async Task A_token_is_renewed_before_its_end_and_no_call_sees_an_expired_one()
    {
        await Client.FindUserAsync(anna.Id, Cancel);
        clock.Advance(TimeSpan.FromMinutes(47));
        await Client.FindUserAsync(anna.Id, Cancel);
        Assert.Equal(1, TokenCalls);

        clock.Advance(TimeSpan.FromMinutes(2));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Client.FindUserAsync(anna.Id, Cancel)));
        clock.Advance(TimeSpan.FromMinutes(20));
        await Client.FindUserAsync(anna.Id, Cancel);

        Assert.Equal(2, TokenCalls);
        Assert.DoesNotContain(jumpCloud.Journal.Requests, call => call.Status == 401);
    }

    [Fact]
    public async Task A_token_is_renewed_at_its_age_whatever_the_wall_clock_says()
    {
        await Client.FindUserAsync(anna.Id, Cancel);
        clock.SetWallClock(TimeSpan.FromMinutes(50));
        await Client.FindUserAsync(anna.Id, Cancel);
        Assert.Equal(1, TokenCalls);

        clock.SetWallClock(TimeSpan.FromHours(-3));
        clock.Advance(TimeSpan.FromMinutes(49));
        await Client.FindUserAsync(anna.Id, Cancel);

        Assert.Equal(2, TokenCalls);
    }

    [Fact]
    public async Task Fifty_calls_that_find_their_token_revoked_fetch_one_new_token()
    {
        await Client.FindUserAsync(anna.Id, Cancel);
        jumpCloud.Credentials.RevokeTokens();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Client.FindUserAsync(anna.Id, Cancel)));

        Assert.Equal(2, TokenCalls);
        Assert.Contains(jumpCloud.Journal.Requests, call => call is { Auth: "bearer", Status: 401 });
    }

    [Fact]
    public async Task A_JumpCloud_that_refuses_every_token_is_told_and_not_asked_for_a_new_one_at_every_call()
    {
        jumpCloud.Faults.Add(new Fault { Kind = FaultKind.Unauthorized, Path = "/api/*" });

        for (var i = 0; i < 20; i++)
        {
            await FailsAsync(DirectoryFailure.KeyRefused);
        }

        Assert.Equal(2, TokenCalls);
        Assert.Contains(log.Lines, line => line.Contains("Give the service account a role", StringComparison.Ordinal));

        jumpCloud.Faults.Clear();
        Assert.NotNull(await Client.FindUserAsync(anna.Id, Cancel));
        clock.Advance(TimeSpan.FromSeconds(11));
        jumpCloud.Credentials.RevokeTokens();
        Assert.NotNull(await Client.FindUserAsync(anna.Id, Cancel));
        Assert.Equal(3, TokenCalls);
    }

    [Fact]
    public async Task A_client_secret_replaced_in_the_vault_is_taken_as_soon_as_the_first_one_is_refused()
    {
        await Client.FindUserAsync(anna.Id, Cancel);
        jumpCloud.Credentials.AddClientSecret(Id, Second);
        secrets.AtSource[ServiceAccountTokens.ClientSecretName] = Second;
        jumpCloud.Credentials.RevokeClientSecret(Id, First);
        clock.Advance(TimeSpan.FromHours(2));

        Assert.NotNull(await Client.FindUserAsync(anna.Id, Cancel));

        Assert.Equal([200, 401, 200], jumpCloud.Journal.Find("POST", "/oauth2/token").Select(call => call.Status));
        Assert.Equal(1, secrets.Reloads[ServiceAccountTokens.ClientSecretName]);
        Assert.Contains(log.Lines, line => line.StartsWith("Information", StringComparison.Ordinal) && line.Contains("another one was found", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_secret_is_named_for_operators()
    {
        jumpCloud.Credentials.RevokeClientSecret(Id, First);

        await FailsAsync(DirectoryFailure.KeyRefused);

        Assert.Equal(1, TokenCalls);
        Assert.Contains(log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("jumpcloud-client-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_role_without_the_scope_is_named_for_operators()
    {
        jumpCloud.Options.ScopeRefused = true;

        await FailsAsync(DirectoryFailure.KeyRefused);

        Assert.Contains(log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("role does not allow", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(FaultKind.Status, 503)]
    [InlineData(FaultKind.Status, 429)]
    [InlineData(FaultKind.Reset, 0)]
    public async Task A_token_endpoint_that_is_away_is_no_refusal_and_a_token_in_its_last_fifth_stays_in_use(object kind, int status)
    {
        await Client.FindUserAsync(anna.Id, Cancel);
        jumpCloud.Faults.Add(new Fault { Kind = (FaultKind)kind, Status = status, Path = "/oauth2/token" });
        clock.Advance(TimeSpan.FromMinutes(55));

        Assert.NotNull(await Client.FindUserAsync(anna.Id, Cancel));
        var calls = TokenCalls;
        Assert.NotNull(await Client.FindUserAsync(anna.Id, Cancel));
        Assert.Equal(calls, TokenCalls);

        clock.Advance(TimeSpan.FromMinutes(10));
        await FailsAsync(DirectoryFailure.Busy);
        Assert.Contains(log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("does not answer now", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("refuses the service account", StringComparison.Ordinal));

        jumpCloud.Faults.Clear();
        Assert.NotNull(await Client.FindUserAsync(anna.Id, Cancel));
    }

    [Theory]
    [InlineData(FaultKind.Html, 200)]
    [InlineData(FaultKind.Html, 404)]
    [InlineData(FaultKind.Empty, 200)]
    [InlineData(FaultKind.TruncatedJson, 200)]
    public async Task A_malformed_answer_is_told_from_a_refusal_and_from_silence(object kind, int status)
    {
        jumpCloud.Faults.Add(new Fault { Kind = (FaultKind)kind, Status = status, Path = "/oauth2/token" });

        await FailsAsync(DirectoryFailure.Busy);

        Assert.Contains(log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("JumpCloud__TokenUrl", StringComparison.Ordinal));
        Assert.Equal(1, TokenCalls);
    }

    private async Task FailsAsync(DirectoryFailure failure)
    {
        var thrown = await Assert.ThrowsAsync<DirectoryException>(() => Client.FindUserAsync(anna.Id, Cancel));
        Assert.Equal(failure, thrown.Failure);
    }
}
