using Prestage.Shim.Languages;
using Prestage.Wire;

namespace Prestage.Shim.Ui;

/// <summary>A rule for the person's password.</summary>
/// <param name="Met">Whether the last password that was typed keeps it; null before there was one.</param>
internal sealed record PasswordRule(Phrase Sentence, bool? Met = null)
{
    /// <summary>The rule, and whether it is kept.</summary>
    public Phrase Describe(Texts texts) => Met switch
    {
        null => Sentence,
        true => Words.RuleMet(texts.Of(Sentence)),
        false => Words.RuleMissing(texts.Of(Sentence)),
    };
}

/// <summary>The policy's rules. The judgement is a courtesy before the directory's own, and as lenient as the policy's names allow.</summary>
internal static class PasswordRules
{
    public static IReadOnlyList<PasswordRule> Of(PasswordPolicy? policy) => [.. All(policy, string.Empty).Select(rule => new PasswordRule(rule.Sentence))];

    public static IReadOnlyList<PasswordRule> Judge(PasswordPolicy? policy, string username, Secret typed) =>
        [.. All(policy, username).Select(rule => new PasswordRule(rule.Sentence, rule.IsMet(typed.Reveal())))];

    /// <summary>A violation that JumpCloud named; only some names are documented, others are shown as they are.</summary>
    public static Phrase Describe(string violation) => violation switch
    {
        "specialCharacter" => Words.PasswordNoSymbol,
        "passwordHistory" => Words.PasswordUsedBefore,
        _ => Words.PasswordBreaksRule(violation),
    };

    private static IEnumerable<(Phrase Sentence, Func<string, bool> IsMet)> All(PasswordPolicy? policy, string username)
    {
        if (policy is null)
        {
            yield break;
        }

        yield return (Words.RuleMinLength(policy.MinLength), typed => typed.Length >= policy.MinLength);
        if (policy.Lowercase)
        {
            yield return (Words.RuleLowercase, typed => typed.Any(char.IsLower));
        }

        if (policy.Uppercase)
        {
            yield return (Words.RuleUppercase, typed => typed.Any(char.IsUpper));
        }

        if (policy.Number)
        {
            yield return (Words.RuleNumber, typed => typed.Any(char.IsDigit));
        }

        if (policy.Symbol)
        {
            yield return (Words.RuleSymbol, typed => !typed.All(char.IsLetterOrDigit));
        }

        if (policy.NotUsername)
        {
            yield return (Words.RuleNotUsername, typed => !typed.Contains(username, StringComparison.OrdinalIgnoreCase));
        }
    }
}
