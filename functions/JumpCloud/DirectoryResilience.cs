using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.RateLimiting;
using Polly.Retry;
using Polly.Timeout;
using Prestage.Functions.Telemetry;

namespace Prestage.Functions.JumpCloud;

/// <summary>
/// The one way to JumpCloud: at most 32 calls at a time, 5 s for a try and 20 s for all, three more tries where repeating is safe, with
/// jitter or as <c>Retry-After</c> says (facts: HC "Best Practices: JumpCloud API"; no limits are published).
/// </summary>
internal sealed class DirectoryResilience(TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan PerTry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan InTotal = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(8);

    // One for all clients.
    private readonly ConcurrencyLimiter cap = new(new() { PermitLimit = 32, QueueLimit = 256 });

    /// <summary>Whether the status says "later".</summary>
    public static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    /// <summary>How long to wait, where the answer says so by seconds or a date.</summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, TimeProvider clock)
    {
        var wait = headers.RetryAfter?.Delta ?? (headers.RetryAfter?.Date is { } date ? date - clock.GetUtcNow() : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>Whether the exception says that no answer came.</summary>
    // A connection that is reset as it opens comes as it is (SocketsHttpHandler asks for the other end's address, and wraps nothing there).
    public static bool IsNoAnswer(Exception? exception) =>
        exception is HttpRequestException or IOException or SocketException or TimeoutRejectedException or RateLimiterRejectedException;

    /// <summary>Sets a client's pipeline up, outermost first.</summary>
    public void Configure(ResiliencePipelineBuilder<HttpResponseMessage> builder)
    {
        // What happens to a call is told by its own span and measure; the package's log lines would say it twice.
        builder.ConfigureTelemetry(NullLoggerFactory.Instance);
        builder.TimeProvider = clock;
        builder
            .AddTimeout(InTotal)
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = 3,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(200),
                UseJitter = true,
                ShouldHandle = tried => new(IsRepeatable(tried.Context) && IsWorthRepeating(tried.Outcome)),
                DelayGenerator = retry => new(retry.Outcome.Result is { } answer ? RetryAfter(answer.Headers, clock) : null),
            })
            .AddRateLimiter(new RateLimiterStrategyOptions
            {
                RateLimiter = turn =>
                {
                    DirectoryCall.Of(turn.Context.GetRequestMessage()!).BeginTry();
                    return cap.AcquireAsync(1, turn.Context.CancellationToken);
                },
            })
            // The try's time begins with its turn: what it waits for that is not JumpCloud's.
            .AddTimeout(PerTry);
    }

    /// <inheritdoc/>
    public void Dispose() => cap.Dispose();

    // Reads, searches, and writes that understand "it is so already". The one PUT sets a password, whose lost answer is its caller's to repeat.
    private static bool IsRepeatable(ResilienceContext context) =>
        context.GetRequestMessage()!.Method is var method && (method == HttpMethod.Get || method == HttpMethod.Post);

    private bool IsWorthRepeating(Outcome<HttpResponseMessage> outcome) => outcome.Result is { } answer
        ? IsTransient(answer.StatusCode) && !(RetryAfter(answer.Headers, clock) > LongestWait)
        : IsNoAnswer(outcome.Exception);
}
