using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Prestage.Functions.Hosting;

namespace Prestage.Functions.Identity;

/// <summary>Settings <c>Identity__*</c>.</summary>
internal sealed class IdentityOptions
{
    [Description("What people type to say who they are: email, alternateEmail, lastname, username or description.")]
    public IdentifierField Identifier { get; set; } = IdentifierField.Email;

    [Description("secret: the person also enters a word that is stored as employeeIdentifier in JumpCloud. passcode: a one-time code that an operator made for that person (POST /api/portal/passcodes). none: knowing the identifier is enough, and only people who have no password yet may enroll.")]
    public IdentityProof Proof { get; set; } = IdentityProof.Secret;

    [Description("Whether a person who has a password sets a new one, given a proof. Off: that person's password is never touched.")]
    public bool ResetActivePasswords { get; set; }
}

/// <summary>The directory's field that identifies a person.</summary>
internal enum IdentifierField
{
    Email,
    AlternateEmail,
    Lastname,
    Username,
    Description,
}

/// <summary>What proves the person.</summary>
internal enum IdentityProof
{
    Secret,
    Passcode,
    None,
}

/// <summary>Settings <c>Attempts__*</c>: what guessing costs.</summary>
internal sealed class AttemptsOptions
{
    [Description("Failed tries, per Mac and per claimed person, before a lock.")]
    [Range(1, 100, ErrorMessage = "must be a number from 1 to 100.")]
    public int Max { get; set; } = 5;

    [Description("For how long a failed try counts.")]
    [TimeRange("00:01:00", "1.00:00:00", ErrorMessage = "must be a time span from 00:01:00 to 1.00:00:00.")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(15);

    [Description("How long the first lock lasts; each further one twice as long, up to a day.")]
    [TimeRange("00:01:00", "1.00:00:00", ErrorMessage = "must be a time span from 00:01:00 to 1.00:00:00.")]
    public TimeSpan Lockout { get; set; } = TimeSpan.FromMinutes(15);
}

[OptionsValidator]
internal sealed partial class AttemptsOptionsValidator : IValidateOptions<AttemptsOptions>;
