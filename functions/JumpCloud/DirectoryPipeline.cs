using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using Prestage.Functions.Hosting;
using Prestage.Functions.Telemetry;

namespace Prestage.Functions.JumpCloud;

/// <summary>One answer of JumpCloud, read to its end.</summary>
/// <param name="RetryAfter">From the <c>Retry-After</c> header, seconds or date.</param>
/// <param name="Date">JumpCloud's own time, where it told it.</param>
internal sealed record DirectoryReply(HttpStatusCode Status, TimeSpan? RetryAfter, byte[] Body, DateTimeOffset? Date = null);

/// <summary>
/// The one way to JumpCloud: at most 32 calls at a time, 5 s for a try and 20 s for all, three more tries where repeating is safe, with
/// jitter or as <c>Retry-After</c> says (facts: HC "Best Practices: JumpCloud API"; no limits are published).
/// </summary>
internal sealed class DirectoryPipeline : IDisposable
{
    private static readonly TimeSpan PerTry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan InTotal = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(8);
    private const int LargestBody = 4 * 1024 * 1024;

    private readonly ConcurrencyLimiter cap = new(new() { PermitLimit = 32, QueueLimit = 256 });
    private readonly ResiliencePipeline<DirectoryReply> once;
    private readonly ResiliencePipeline<DirectoryReply> perTry;
    private readonly ResiliencePipeline<DirectoryReply> repeated;
    private readonly TimeProvider clock;

    /// <summary>Builds both pipelines on one clock.</summary>
    public DirectoryPipeline(TimeProvider clock)
    {
        this.clock = clock;
        once = Build(clock, InTotal);
        perTry = Build(clock, PerTry);
        repeated = Build(clock, InTotal, new RetryStrategyOptions<DirectoryReply>
        {
            MaxRetryAttempts = 3,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(200),
            UseJitter = true,
            ShouldHandle = new PredicateBuilder<DirectoryReply>()
                .Handle<HttpRequestException>().Handle<IOException>().Handle<SocketException>().Handle<TimeoutRejectedException>()
                .HandleResult(reply => IsTransient(reply.Status) && !(reply.RetryAfter > LongestWait)),
            DelayGenerator = retry => new(retry.Outcome.Result?.RetryAfter),
        });
    }

    /// <summary>Whether the status says "later".</summary>
    public static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    /// <summary>
    /// Sends what <paramref name="make"/> makes, anew for each try. Throws <see cref="DirectoryException"/> (Busy) when there is no answer.
    /// </summary>
    public async Task<DirectoryReply> SendAsync(
        HttpClient http, string route, bool repeatable, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        CallUsage.CountDirectoryCall();
        using var call = new DirectoryCall(route, clock);
        try
        {
            var reply = await (repeatable ? repeated : once).ExecuteAsync(
                static async (state, token) => await state.Self.TryAsync(state.Call, state.Http, state.Make, token),
                (Self: this, Call: call, Http: http, Make: make),
                cancellationToken);
            call.End(reply.Status);
            return reply;
        }
        // A connection that is reset as it opens comes as it is (SocketsHttpHandler asks for the other end's address, and wraps nothing there).
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException or TimeoutRejectedException)
        {
            call.End(exception);
            throw new DirectoryException(DirectoryFailure.Busy, route, null, cause: exception) { WasHeldBack = call.WasHeldBack };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => cap.Dispose();

    private static ResiliencePipeline<DirectoryReply> Build(TimeProvider clock, TimeSpan limit, RetryStrategyOptions<DirectoryReply>? retry = null)
    {
        var builder = new ResiliencePipelineBuilder<DirectoryReply> { TimeProvider = clock };
        builder.AddTimeout(limit);
        if (retry is not null)
        {
            builder.AddRetry(retry);
        }

        return builder.Build();
    }

    private async Task<DirectoryReply> TryAsync(DirectoryCall call, HttpClient http, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        call.BeginTry();
        using var permit = await cap.AcquireAsync(1, cancellationToken);
        if (!permit.IsAcquired)
        {
            throw new HttpRequestException("Too many calls are waiting for JumpCloud.");
        }

        // The try's time begins with its turn: what it waits for that is not JumpCloud's.
        call.Send();
        return await perTry.ExecuteAsync(
            static async (state, token) => await state.Self.AskAsync(state.Call, state.Http, state.Make, token), (Self: this, Call: call, Http: http, Make: make), cancellationToken);
    }

    private async Task<DirectoryReply> AskAsync(DirectoryCall call, HttpClient http, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        using var request = make();
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await response.Content.LoadIntoBufferAsync(LargestBody, cancellationToken);
        call.Answered(response.StatusCode);
        return new(response.StatusCode, RetryAfter(response), await response.Content.ReadAsByteArrayAsync(cancellationToken), response.Headers.Date);
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date is { } date ? date - clock.GetUtcNow() : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
