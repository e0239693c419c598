using System.Globalization;
using Prestage.Wire;

namespace Prestage.Shim.Ui;

/// <summary>The password rules in a sentence for the person.</summary>
internal static class PolicyText
{
    public static string Describe(PasswordPolicy policy)
    {
        List<string> parts = [string.Create(CultureInfo.InvariantCulture, $"at least {policy.MinLength} characters")];
        Add(policy.Lowercase, "a small letter");
        Add(policy.Uppercase, "a capital letter");
        Add(policy.Number, "a digit");
        Add(policy.Symbol, "a symbol");
        var rest = policy.NotUsername ? " It must not contain your user name." : string.Empty;
        return $"It needs {string.Join(", ", parts)}.{rest}";

        void Add(bool wanted, string part)
        {
            if (wanted)
            {
                parts.Add(part);
            }
        }
    }

    /// <summary>A violation that JumpCloud named, in words; only some names are documented, others are shown as they are.</summary>
    public static string DescribeViolation(string violation) => violation switch
    {
        "specialCharacter" => "It needs a symbol.",
        "passwordHistory" => "You have used it before.",
        _ => $"It does not meet the rule: {violation}.",
    };
}
