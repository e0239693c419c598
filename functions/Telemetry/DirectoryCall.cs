using System.Diagnostics;
using System.Net;
using Polly.Timeout;

namespace Prestage.Functions.Telemetry;

/// <summary>
/// One call to JumpCloud with all its tries: a span, around those of the tries, and a measure. Of the address they hold the route's template.
/// </summary>
internal sealed class DirectoryCall : IDisposable
{
    private static readonly HttpRequestOptionsKey<DirectoryCall> Key = new("Prestage.DirectoryCall");
    private const string NoAnswer = "no_answer";
    private const string HeldBack = "held_back";
    private readonly TimeProvider clock;
    private readonly long started;
    private readonly Activity? span;
    private TagList attributes;
    private string lastTry = string.Empty;
    private bool wasSent;
    private bool ended;

    private DirectoryCall(string route, TimeProvider clock)
    {
        (Route, this.clock) = (route, clock);
        started = clock.GetTimestamp();
        var parts = route.Split(' ', 3);
        attributes.Add("http.request.method", parts[0]);
        attributes.Add("url.template", parts[1]);
        attributes.Add("prestage.directory.signer", parts.Length > 2 ? "mac" : "service");
        span = Traces.BeginWithin($"JumpCloud {parts[0]} {parts[1]}");
        Tell(attributes);
    }

    /// <summary>Method and path template.</summary>
    public string Route { get; }

    /// <summary>Whether no try has had its turn: our own limit of calls at a time kept it here.</summary>
    public bool WasHeldBack => !wasSent;

    /// <summary>Begins; the route is "METHOD /path/{template}", with who signed behind it where that is not us.</summary>
    public static DirectoryCall Begin(HttpRequestMessage request, string route, TimeProvider clock)
    {
        var call = new DirectoryCall(route, clock);
        request.Options.Set(Key, call);
        return call;
    }

    /// <summary>The call that the request belongs to.</summary>
    public static DirectoryCall Of(HttpRequestMessage request) =>
        request.Options.TryGetValue(Key, out var call) ? call : throw new InvalidOperationException("The request belongs to no call.");

    /// <summary>A try begins, and waits for its turn.</summary>
    public void BeginTry()
    {
        if (lastTry.Length > 0)
        {
            var retried = attributes;
            retried.Add("error.type", lastTry);
            Measures.DirectoryRetried(retried);
        }

        lastTry = HeldBack;
    }

    /// <summary>It is the try's turn.</summary>
    public void Send() => (wasSent, lastTry) = (true, NoAnswer);

    /// <summary>A try was ended.</summary>
    public void Answered(HttpStatusCode status) => lastTry = $"{(int)status}";

    /// <summary>The call ends with this answer.</summary>
    public void End(HttpStatusCode status)
    {
        TagList more = [new("http.response.status_code", (int)status)];
        if ((int)status >= 400)
        {
            more.Add("error.type", $"{(int)status}");
        }

        End(more);
    }

    /// <summary>The call ends without an answer.</summary>
    public void End(Exception reason) => End([new("error.type", WasHeldBack ? HeldBack : reason is TimeoutRejectedException ? "timeout" : reason.GetType().FullName)]);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!ended)
        {
            // The caller has gone away, or the program ends.
            End([new("error.type", "cancelled")]);
        }

        span?.Dispose();
    }

    private void End(TagList more)
    {
        ended = true;
        foreach (var attribute in more)
        {
            attributes.Add(attribute);
        }

        Tell(more);
        if (more.Any(attribute => attribute.Key == "error.type"))
        {
            span?.SetStatus(ActivityStatusCode.Error);
        }

        Measures.DirectoryCalled(clock.GetElapsedTime(started), attributes);
    }

    private void Tell(in TagList told)
    {
        if (span is not null)
        {
            foreach (var attribute in told)
            {
                span.SetTag(attribute.Key, attribute.Value);
            }
        }
    }
}
