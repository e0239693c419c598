namespace Prestage.Functions.Portal;

/// <summary>
/// Tells a page of our own from another site's by the <c>Origin</c> that browsers put on every POST (Fetch standard, "Origin header"); scripts
/// send none. A JSON POST of another site would also need a preflight, which nothing here answers.
/// </summary>
/// <param name="hostAbove">Whether the Functions host proxies to this program.</param>
internal sealed class SameOrigin(bool hostAbove)
{
    /// <summary>Whether the call has no origin or our own.</summary>
    public bool Allows(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        return origin.Count == 0
            || (origin is [{ } text] && Uri.TryCreate(text, UriKind.Absolute, out var uri) && text == uri.GetLeftPart(UriPartial.Authority)
                && PublicHost(request) is { Length: > 0 } own && IsSame(uri, own));
    }

    // The Functions host replaces Host by 127.0.0.1 and sets X-Forwarded-Host anew, whatever the caller sent (YARP's default transforms), and
    // nothing but it reaches this port. Alone nobody vouches for that header, and Host is the caller's own.
    private string? PublicHost(HttpRequest request) =>
        hostAbove ? (request.Headers["X-Forwarded-Host"] is [{ } forwarded] ? forwarded : null) : request.Host.Value;

    // Without the scheme: TLS ends before us. A host names no default port, or names it.
    private static bool IsSame(Uri origin, string host) =>
        string.Equals(origin.Authority, host, StringComparison.OrdinalIgnoreCase)
        || (origin.IsDefaultPort && string.Equals($"{origin.Host}:{origin.Port}", host, StringComparison.OrdinalIgnoreCase));
}
