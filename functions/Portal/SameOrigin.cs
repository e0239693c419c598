namespace Prestage.Functions.Portal;

/// <summary>
/// Tells a page of our own from another site's by the <c>Origin</c> that browsers put on every POST (Fetch standard, "Origin header"); scripts
/// send none. A JSON POST of another site would also need a preflight, which nothing here answers.
/// </summary>
internal static class SameOrigin
{
    /// <summary>
    /// Whether the call has no origin or our own. The host of the request is the one that the Functions host was called by: it replaces
    /// <c>X-Forwarded-Host</c> whatever the caller sent (YARP's default transforms), and the worker's pipeline takes it over.
    /// </summary>
    public static bool Allows(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        return origin.Count == 0
            || (origin is [{ } text] && Uri.TryCreate(text, UriKind.Absolute, out var uri) && text == uri.GetLeftPart(UriPartial.Authority)
                && request.Host.Value is { Length: > 0 } own && IsSame(uri, own));
    }

    // Without the scheme: TLS ends before us. A host names no default port, or names it.
    private static bool IsSame(Uri origin, string host) =>
        string.Equals(origin.Authority, host, StringComparison.OrdinalIgnoreCase)
        || (origin.IsDefaultPort && string.Equals($"{origin.Host}:{origin.Port}", host, StringComparison.OrdinalIgnoreCase));
}
