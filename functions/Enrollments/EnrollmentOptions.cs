using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Prestage.Functions.Hosting;
using Prestage.Functions.JumpCloud;

namespace Prestage.Functions.Enrollments;

/// <summary>Settings <c>Enrollment__*</c>.</summary>
internal sealed class EnrollmentOptions
{
    [Description("How long an enrollment token lives; verify and token renew it.")]
    [TimeRange("00:05:00", "1.00:00:00", ErrorMessage = "must be a time span from 00:05:00 to 1.00:00:00.")]
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(2);

    [Description("After how long an enrollment that has not reached the binding expires.")]
    [TimeRange("00:30:00", "30.00:00:00", ErrorMessage = "must be a time span from 00:30:00 to 30.00:00:00.")]
    public TimeSpan ExpireAfter { get; set; } = TimeSpan.FromHours(24);

    [Description("How long events that have no enrollment are kept: of a Mac, of a person's passcodes, of cleared tries. 00:00:00: for ever.")]
    [TimeRange("00:00:00", "3650.00:00:00", ErrorMessage = "must be a time span from 00:00:00 to 3650.00:00:00.")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(400);

    [Description("The key that seals an enrollment's history, base64 of at least 32 random bytes, for development only: refused where Vault__Uri is set. Older keys may follow, separated by spaces. Without a key histories are unsealed.")]
    public string? EventKey { get; set; }
}

/// <summary>Settings <c>Account__*</c>.</summary>
internal sealed class AccountOptions
{
    [Description("Whether every enrolled person administers the Mac. A person's global sudo in JumpCloud makes that person an administrator either way.")]
    public bool Admin { get; set; }

    /// <summary>Whether the person administers the Mac.</summary>
    public bool IsAdmin(SystemUser user) => Admin || user.Sudo == true;
}

/// <summary>Settings <c>Groups__*</c>: JumpCloud system groups.</summary>
internal sealed class GroupsOptions
{
    private const string Right = "must be the id of a JumpCloud system group: 24 lower-case hexadecimal digits.";

    [Description("System group that a Mac is in while it enrolls; verify adds it, finishing removes it.")]
    [RegularExpression("^[0-9a-f]{24}$", ErrorMessage = Right)]
    public string? Enrollment { get; set; }

    [Description("System group that an enrolled Mac is added to.")]
    [RegularExpression("^[0-9a-f]{24}$", ErrorMessage = Right)]
    public string? PostEnrollment { get; set; }
}

/// <summary>Settings <c>Finish__*</c>.</summary>
internal sealed class FinishOptions
{
    [Description("How long finishing waits for JumpCloud to show the account as managed before it goes on with a warning.")]
    [TimeRange("00:00:01", "1.00:00:00", ErrorMessage = "must be a time span from 00:00:01 to 1.00:00:00.")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMinutes(30);
}

[OptionsValidator]
internal sealed partial class EnrollmentOptionsValidator : IValidateOptions<EnrollmentOptions>;

[OptionsValidator]
internal sealed partial class GroupsOptionsValidator : IValidateOptions<GroupsOptions>;

[OptionsValidator]
internal sealed partial class FinishOptionsValidator : IValidateOptions<FinishOptions>;
