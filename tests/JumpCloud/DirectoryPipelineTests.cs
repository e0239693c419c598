using System.Net;
using System.Net.Sockets;
using Prestage.Functions.Health;
using Prestage.Functions.JumpCloud;
using Xunit;

namespace Prestage.Tests.JumpCloud;

public sealed class DirectoryPipelineTests
{
    private const int UnderWay = 32;
    private const int Waiting = 256;

    [Fact]
    public async Task A_call_that_our_own_limit_keeps_here_is_not_told_as_JumpCloud_being_away()
    {
        using var pipeline = new DirectoryPipeline(TimeProvider.System);
        using var silence = new Silence();
        using var http = new HttpClient(silence);
        using var stop = new CancellationTokenSource();
        var calls = Enumerable.Range(0, UnderWay + Waiting).Select(_ => SendAsync(stop.Token)).ToList();

        var failed = await Assert.ThrowsAsync<DirectoryException>(() => SendAsync(TestContext.Current.CancellationToken));

        Assert.True(failed.WasHeldBack);
        Assert.Equal(UnderWay, silence.Asked);
        Assert.Equal(("directory-crowded", DependencyStatus.Degraded), Found(failed));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(calls));

        Task<DirectoryReply> SendAsync(CancellationToken cancellationToken) =>
            pipeline.SendAsync(http, "GET /api/systems", repeatable: false, () => new(HttpMethod.Get, "http://127.0.0.1/"), cancellationToken);
    }

    [Fact]
    public async Task A_call_that_was_sent_and_not_answered_is()
    {
        using var hangsUp = new TcpListener(IPAddress.Loopback, 0);
        hangsUp.Start();
        var taken = TakeAsync();
        using var pipeline = new DirectoryPipeline(TimeProvider.System);
        using var http = new HttpClient();

        var failed = await Assert.ThrowsAsync<DirectoryException>(() => pipeline.SendAsync(
            http, "GET /api/systems", repeatable: false, () => new(HttpMethod.Get, $"http://{hangsUp.LocalEndpoint}/"), TestContext.Current.CancellationToken));

        Assert.False(failed.WasHeldBack);
        Assert.Equal(("directory-unreachable", DependencyStatus.Down), Found(failed));
        await taken;

        async Task TakeAsync()
        {
            using var connection = await hangsUp.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            Assert.NotEqual(0, await connection.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        }
    }

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
