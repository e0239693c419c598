using System.Net;
using System.Net.Sockets;
using System.Text;
using Prestage.Functions.Health;
using Prestage.Functions.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.JumpCloud;

public sealed class DirectoryPipelineTests
{
    private const int UnderWay = 32;
    private const int Waiting = 256;

    private readonly CountedSecrets secrets = new() { AtSource = { [ApiKeyCredential.SecretName] = "jca_the-key" } };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_our_own_limit_keeps_here_is_not_told_as_JumpCloud_being_away()
    {
        using var silence = new Silence();
        using var clients = Clients(silence);
        using var stop = new CancellationTokenSource();
        var calls = Enumerable.Range(0, UnderWay + Waiting).Select(_ => SetPasswordAsync(clients, stop.Token)).ToList();

        var failed = await Assert.ThrowsAsync<DirectoryException>(() => SetPasswordAsync(clients, Cancel));

        Assert.True(failed.WasHeldBack);
        Assert.Equal(UnderWay, silence.Asked);
        Assert.Equal(("directory-crowded", DependencyStatus.Degraded), Found(failed));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(calls));
    }

    [Fact]
    public async Task A_call_that_was_sent_and_not_answered_is()
    {
        using var hangsUp = new TcpListener(IPAddress.Loopback, 0);
        hangsUp.Start();
        var taken = TakeAsync();
        using var clients = new DirectoryClients(new() { BaseUrl = $"http://{hangsUp.LocalEndpoint}/", OrgId = new('5', 24) }, secrets);

        var failed = await Assert.ThrowsAsync<DirectoryException>(() => SetPasswordAsync(clients, Cancel));

        Assert.False(failed.WasHeldBack);
        Assert.Equal(("directory-unreachable", DependencyStatus.Down), Found(failed));
        await taken;

        async Task TakeAsync()
        {
            using var connection = await hangsUp.AcceptTcpClientAsync(Cancel);
            Assert.NotEqual(0, await connection.GetStream().ReadAsync(new byte[1], Cancel));
        }
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(null)]
    public async Task A_password_is_sent_once_whatever_becomes_of_it(HttpStatusCode? status)
    {
        using var stub = new StubHandler(status is { } busy ? StubHandler.Answer(busy) : _ => throw new HttpRequestException("reset"));
        using var clients = Clients(stub);

        var failed = await Assert.ThrowsAsync<DirectoryException>(() => SetPasswordAsync(clients, Cancel));

        Assert.Equal((DirectoryFailure.Busy, 1), (failed.Failure, stub.Requests.Count));
    }

    [Fact]
    public async Task Each_try_of_a_search_sends_the_same_bytes_and_their_length()
    {
        List<(long? Length, string Body)> tries = [];
        var answer = StubHandler.Answer(HttpStatusCode.ServiceUnavailable);
        using var stub = new StubHandler([.. Enumerable.Repeat<Func<HttpRequestMessage, HttpResponseMessage>>(Take, 4)]);
        using var clients = Clients(stub);

        var failed = await Assert.ThrowsAsync<DirectoryException>(() => clients.JumpCloud.SearchUsersAsync("email", "anna@example.com", Cancel));

        Assert.Equal((DirectoryFailure.Busy, 4), (failed.Failure, tries.Count));
        var one = Assert.Single(tries.Distinct());
        Assert.Equal(Encoding.UTF8.GetByteCount(one.Body), one.Length);
        Assert.Contains("anna", one.Body, StringComparison.Ordinal);

        HttpResponseMessage Take(HttpRequestMessage request)
        {
            using var body = new StreamReader(request.Content!.ReadAsStream(Cancel), leaveOpen: true);
            tries.Add((request.Content.Headers.ContentLength, body.ReadToEnd()));
            request.Content.ReadAsStream(Cancel).Position = 0;
            return answer(request);
        }
    }

    [Theory]
    [InlineData("1", 2, null)]
    [InlineData("9", 1, 9)]
    public async Task A_wait_that_JumpCloud_asks_for_is_kept_where_it_is_short_and_else_passed_on(string retryAfter, int calls, int? seconds)
    {
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();
        using var stub = new StubHandler(
            StubHandler.Answer(HttpStatusCode.TooManyRequests, headers: ("Retry-After", retryAfter)), StubHandler.Answer(HttpStatusCode.BadRequest));
        using var clients = Clients(stub);

        var failed = await Assert.ThrowsAsync<DirectoryException>(() => clients.JumpCloud.FindUserAsync(new('a', 24), Cancel));

        Assert.Equal((calls, seconds), (stub.Requests.Count, (int?)failed.RetryAfter?.TotalSeconds));
        // A timer of the system may ring some milliseconds early by the clock that is asked here.
        Assert.True(calls == 1 || clock.GetElapsedTime(started) > TimeSpan.FromSeconds(0.9), "The second try came too early.");
    }

    private static Task<PasswordOutcome> SetPasswordAsync(DirectoryClients clients, CancellationToken cancellationToken) =>
        clients.JumpCloud.SetPasswordAsync(new('a', 24), new("Correct-horse-1"), cancellationToken);

    private DirectoryClients Clients(HttpMessageHandler network) =>
        new(new() { BaseUrl = "http://127.0.0.1:1", OrgId = new('5', 24) }, secrets, network: network);

    private static (string Code, DependencyStatus Status) Found(DirectoryException failed)
    {
        var found = DirectoryFindings.Of(failed, "Put a new key into the vault");
        return (found.Code, found.Status);
    }

    private sealed class Silence : HttpMessageHandler
    {
        private int asked;

        public int Asked => asked;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref asked);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return new();
        }
    }
}
