using System.Collections.Concurrent;

namespace Prestage.Simulators.Loopback;

/// <summary>One request that a simulator answered: never a body, never a key.</summary>
/// <param name="Method">GET, POST…</param>
/// <param name="PathAndQuery">As on the wire.</param>
/// <param name="Status">HTTP status as sent; 0 when the connection was cut instead.</param>
/// <param name="Auth">How the caller tried to prove itself: <c>apiKey</c>, <c>signature</c>, <c>bearer</c>, <c>identityHeader</c>, <c>several</c> or <c>none</c>.</param>
/// <param name="OrgId">The <c>x-org-id</c> header.</param>
/// <param name="UserAgent">The <c>User-Agent</c> header.</param>
/// <param name="At">When it arrived.</param>
/// <param name="Milliseconds">Until the answer was written.</param>
/// <param name="Known">False for a route that the simulator does not have.</param>
internal sealed record RequestRecord(
    string Method, string PathAndQuery, int Status, string Auth, string? OrgId, string? UserAgent, DateTimeOffset At, double Milliseconds, bool Known = true);

/// <summary>What a simulator was asked, in order of its answers. Safe for concurrent use.</summary>
internal sealed class RequestJournal
{
    private readonly ConcurrentQueue<RequestRecord> requests = new();

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<RequestRecord> Requests => [.. requests];

    /// <summary>Requests to routes that the simulator does not have: a test of a client ends with this being empty.</summary>
    public IReadOnlyList<RequestRecord> UnknownRoutes => [.. requests.Where(request => !request.Known)];

    /// <summary>Requests that fit; see <see cref="PathPattern"/> for the pattern.</summary>
    public IReadOnlyList<RequestRecord> Find(string method, string pathPattern)
    {
        var pattern = new PathPattern(pathPattern);
        return [.. requests.Where(request => request.Method == method && pattern.Fits(request.PathAndQuery))];
    }

    /// <summary>How many requests fit.</summary>
    public int Count(string method, string pathPattern) => Find(method, pathPattern).Count;

    /// <summary>Forgets everything.</summary>
    public void Clear() => requests.Clear();

    /// <summary>How a request tries to prove itself, in the words of <see cref="RequestRecord.Auth"/>.</summary>
    public static string AuthOf(HttpRequest request)
    {
        var key = request.Headers.ContainsKey("x-api-key") ? "apiKey" : request.Headers.ContainsKey("X-IDENTITY-HEADER") ? "identityHeader" : null;
        var scheme = request.Headers.Authorization.ToString().Split(' ', 2)[0];
        return (key, scheme) switch
        {
            (null, "") => "none",
            (null, "Signature" or "Bearer" or "Basic") => scheme.ToLowerInvariant(),
            (null, _) => "other",
            (_, "") => key,
            _ => "several",
        };
    }

    /// <summary>Notes one answered request.</summary>
    public void Add(RequestRecord request) => requests.Enqueue(request);
}
