using Prestage.Functions.Devices;

namespace Prestage.Functions.Passcodes;

/// <summary>
/// Checks a typed passcode. One table read and one key derivation, whoever the person is and whatever the outcome: neither the work nor the
/// time tells who exists or has a passcode.
/// </summary>
internal sealed class PasscodeCheck(PasscodeRows rows, TimeProvider clock)
{
    // No user id looks like this; the read costs what any other costs.
    private const string Nobody = "nobody";

    /// <summary>The passcode, to be used up when the enrollment is created; or the reason why it is not good.</summary>
    /// <param name="userId">The one person whom the identifier names, or null.</param>
    /// <param name="device">What is stored of the Mac: its own open enrollment may resume with the passcode that it used.</param>
    public async Task<(PasscodeRow? Passcode, string Reason)> CheckAsync(
        string? userId, Secret? typed, string serialNumber, DeviceNow device, CancellationToken cancellationToken)
    {
        var row = await rows.FindAsync(userId ?? Nobody, cancellationToken);
        var matches = (row?.Hash ?? PasscodeHash.OfNobody).Matches(typed ?? new(string.Empty));
        var reason = row switch
        {
            null => "no-passcode",
            _ when !matches => "wrong-passcode",
            { SerialNumber: { } bound } when !string.Equals(bound, serialNumber, StringComparison.OrdinalIgnoreCase) => "passcode-of-another-mac",
            { UsedBy: { } used } => device.Resumes(used, row.UserId) ? string.Empty : "passcode-used",
            _ when row.ExpiresAt <= clock.GetUtcNow() => "passcode-expired",
            _ => string.Empty,
        };
        return reason.Length == 0 ? (row, reason) : (null, reason);
    }
}
