using System.Text.RegularExpressions;

namespace Prestage.Shim.Mac;

/// <summary><c>sysadminctl</c> answers 0 also when the Mac's password policy refuses: <c>New account password error.  (5402)</c>, codes 5402 to 5407.</summary>
internal static partial class PasswordPolicyRefusal
{
    public static bool IsIn(string said) => Pattern().IsMatch(said);

    [GeneratedRegex(@"password error\.\s*\(540[2-7]\)")]
    private static partial Regex Pattern();
}
