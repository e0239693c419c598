namespace Prestage.Simulators.JumpCloud;

/// <summary>The password policy's full field set, the same in the organization's settings and in <c>/api/v2/passwordpolicies</c>.</summary>
internal sealed record PasswordPolicy
{
    public string Name { get; init; } = "Default";

    public string Description { get; init; } = "";

    public bool Default { get; init; } = true;

    public int Precedence { get; init; }

    public string EffectiveDate { get; init; } = "2025-06-12T00:00:00Z";

    public bool EnableMinLength { get; init; } = true;

    public int MinLength { get; init; } = 12;

    public bool NeedsLowercase { get; init; } = true;

    public bool NeedsUppercase { get; init; } = true;

    public bool NeedsNumeric { get; init; } = true;

    public bool NeedsSymbolic { get; init; }

    public bool AllowUsernameSubstring { get; init; }

    public bool DisallowCommonlyUsedPasswords { get; init; } = true;

    public bool DisallowSequentialOrRepetitiveChars { get; init; }

    public bool EnableMaxHistory { get; init; } = true;

    public int MaxHistory { get; init; } = 5;

    public bool EnableMinChangePeriodInDays { get; init; }

    public int MinChangePeriodInDays { get; init; } = 1;

    public bool EnablePasswordExpirationInDays { get; init; }

    public int PasswordExpirationInDays { get; init; } = 90;

    public bool EnableDaysBeforeExpirationToForceReset { get; init; }

    public int DaysBeforeExpirationToForceReset { get; init; } = 7;

    public bool EnableDaysAfterExpirationToSelfRecover { get; init; }

    public int DaysAfterExpirationToSelfRecover { get; init; } = -1;

    public bool EnableMaxLoginAttempts { get; init; } = true;

    public int MaxLoginAttempts { get; init; } = 6;

    public bool EnableLockoutTimeInSeconds { get; init; }

    public int LockoutTimeInSeconds { get; init; } = 300;

    public bool EnableResetLockoutCounter { get; init; }

    public int ResetLockoutCounterMinutes { get; init; } = 30;

    public bool EnableRecoveryEmail { get; init; }

    public bool AllowUnenrolledMFAPasswordReset { get; init; }

    public bool DisplayComplexityOnResetScreen { get; init; } = true;
}
