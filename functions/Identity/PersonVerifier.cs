using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Passcodes;

namespace Prestage.Functions.Identity;

/// <summary>A person who may enroll.</summary>
/// <param name="PasswordRequired">Whether the person is to set a password.</param>
/// <param name="Passcode">What proved the person, where it is to be used up for the enrollment.</param>
internal sealed record VerifiedPerson(SystemUser User, bool PasswordRequired, PasscodeRow? Passcode = null);

/// <summary>
/// Decides whether the typed identifier and secret are exactly one person who may enroll. Every refusal costs the same one search, with
/// passcodes also the same one table read and key derivation, and its reason goes to the log only.
/// </summary>
internal sealed class PersonVerifier(IJumpCloud jumpCloud, PasscodeCheck passcodes, IdentityOptions options)
{
    /// <summary>The person, or the reason why there is none.</summary>
    public async Task<(VerifiedPerson? Person, string Reason)> VerifyAsync(
        Identifier identifier, Secret? secret, string serialNumber, DeviceNow device, CancellationToken cancellationToken)
    {
        var found = await jumpCloud.SearchUsersAsync(identifier.FieldName, identifier.Text, cancellationToken);
        var (passcode, unproven) = options.Proof == IdentityProof.Passcode
            ? await passcodes.CheckAsync(OnlyId(found), secret, serialNumber, device, cancellationToken)
            : (null, "unproven");
        if (found is not [var user])
        {
            return (null, found.Count == 0 ? "unknown" : "ambiguous");
        }

        // The password that this Mac's own open enrollment has set does not count: the person may set it again until the binding.
        var hasPassword = user.Activated == true && !IsSetHere(device, user);
        var passwordRequired = !hasPassword || options.ResetActivePasswords;
        var proven = options.Proof switch
        {
            IdentityProof.None => !hasPassword,
            IdentityProof.Passcode => passcode is not null,
            _ => secret is not null && !string.IsNullOrEmpty(user.EmployeeIdentifier) && secret.FixedTimeEquals(user.EmployeeIdentifier),
        };
        var reason = user switch
        {
            _ when !Matches(user, identifier) => "unknown",
            _ when user.Id is not { } id || !DeviceProof.IsSystemId(id) || string.IsNullOrEmpty(user.AccountName) => "incomplete",
            _ when !proven => unproven,
            _ => PersonStanding.Refusal(user, passwordRequired) ?? string.Empty,
        };
        return reason.Length == 0 ? (new(user, passwordRequired, passcode), reason) : (null, reason);
    }

    private static bool IsSetHere(DeviceNow device, SystemUser user) =>
        device.Enrollment is { } enrollment && enrollment.UserId == user.Id && EnrollmentMoves.IsOpen(enrollment.State)
        && PersonStanding.IsOwnPassword(enrollment, user);

    private static string? OnlyId(IReadOnlyList<SystemUser> found) =>
        found is [{ Id: { } id }] && DeviceProof.IsSystemId(id) ? id : null;

    /// <summary>Whether the user's field says what was typed.</summary>
    internal static bool Matches(SystemUser user, Identifier identifier)
    {
        var value = identifier.Field switch
        {
            IdentifierField.Email => user.Email,
            IdentifierField.AlternateEmail => user.AlternateEmail,
            IdentifierField.Lastname => user.Lastname,
            IdentifierField.Username => user.Username,
            _ => user.Description,
        };
        return string.Equals(value, identifier.Text, StringComparison.OrdinalIgnoreCase);
    }
}
