using System.Collections.Frozen;
using System.Globalization;

namespace Prestage.Simulators.JumpCloud;

/// <summary>A broken rule: its code in <c>fieldViolationsList</c> and its sentence in the plain answer.</summary>
internal sealed record PasswordViolation(string Code, string Message);

/// <summary>Judges a new password as JumpCloud does. Only <c>passwordHistory</c> and <c>specialCharacter</c> are published codes; the others are spelled by guess.</summary>
internal static class PasswordRules
{
    private static readonly FrozenSet<string> Common = new[]
    {
        "password", "password1", "password123", "Password1234", "Password123!", "Passw0rd", "Passw0rd1234", "Passw0rd!", "Welcome12345",
        "Welcome123!", "qwertyuiop12", "Qwertyuiop12", "letmein12345", "administrator", "iloveyou1234", "changeme1234", "Changeme1234",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every rule of the policy that the password breaks.</summary>
    public static IEnumerable<PasswordViolation> Check(string password, TenantUser user, PasswordPolicy policy, DateTimeOffset now)
    {
        if (policy.EnableMinLength && password.Length < policy.MinLength)
        {
            yield return new("minLength", $"Password must be at least {policy.MinLength.ToString(CultureInfo.InvariantCulture)} characters long.");
        }

        if (policy.NeedsLowercase && !password.Any(char.IsLower))
        {
            yield return new("lowercase", "Password must contain a lowercase letter.");
        }

        if (policy.NeedsUppercase && !password.Any(char.IsUpper))
        {
            yield return new("uppercase", "Password must contain an uppercase letter.");
        }

        if (policy.NeedsNumeric && !password.Any(char.IsDigit))
        {
            yield return new("number", "Password must contain a number.");
        }

        if (policy.NeedsSymbolic && password.All(char.IsLetterOrDigit))
        {
            yield return new("specialCharacter", "Password must contain a special character.");
        }

        if (!policy.AllowUsernameSubstring && user.Username.Length > 0 && password.Contains(user.Username, StringComparison.OrdinalIgnoreCase))
        {
            yield return new("username", "Password must not contain the username.");
        }

        if (policy.DisallowCommonlyUsedPasswords && Common.Contains(password))
        {
            yield return new("commonPassword", "Password is too common.");
        }

        if (policy.DisallowSequentialOrRepetitiveChars && HasRun(password))
        {
            yield return new("sequentialOrRepetitive", "Password must not contain sequential or repetitive characters.");
        }

        if (policy.EnableMinChangePeriodInDays && user.PasswordDate is { } date
            && now - DateTimeOffset.Parse(date, CultureInfo.InvariantCulture) < TimeSpan.FromDays(policy.MinChangePeriodInDays))
        {
            yield return new("minChangePeriod", "Password was changed too recently.");
        }

        if (policy.EnableMaxHistory && user.Passwords.Take(policy.MaxHistory).Any(earlier => earlier.Matches(password)))
        {
            yield return new("passwordHistory", "Password was used before.");
        }
    }

    // Four in a row, as in aaaa, abcd or 4321.
    private static bool HasRun(string password)
    {
        foreach (var step in (ReadOnlySpan<int>)[0, 1, -1])
        {
            var length = 1;
            for (var i = 1; i < password.Length; i++)
            {
                length = password[i] - password[i - 1] == step ? length + 1 : 1;
                if (length == 4)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
