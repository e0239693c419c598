using System.Text.RegularExpressions;

namespace Prestage.Simulators.Loopback;

/// <summary>A path with holes: <c>*</c> stands for any text, <c>{name}</c> for one segment; case is ignored, the query is not looked at.</summary>
internal sealed partial class PathPattern(string text)
{
    private readonly Regex regex = new("^" + Hole().Replace(Regex.Escape(text), hole => hole.Value == @"\*" ? ".*" : "[^/]+") + "$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>Whether a path (with or without query) fits.</summary>
    public bool Fits(string pathAndQuery) => regex.IsMatch(pathAndQuery.Split('?', 2)[0]);

    [GeneratedRegex(@"\\\*|\\\{[^}]*\}")]
    private static partial Regex Hole();
}
