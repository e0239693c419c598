using System.Text.RegularExpressions;

namespace Prestage.Shim.Mac;

/// <summary>Which short names are safe on a Mac: no leading dash or dot, lower case, at most 31 characters.</summary>
internal static partial class AccountName
{
    /// <summary>What is right, for messages.</summary>
    public const string Rule = "a short name: a small letter or _, then at most 30 of a-z 0-9 . _ -";

    public static bool IsUsable(string name) => Pattern().IsMatch(name) && name is not ("root" or "daemon" or "nobody");

    [GeneratedRegex("^[a-z_][a-z0-9._-]{0,30}\\z")]
    private static partial Regex Pattern();
}
