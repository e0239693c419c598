using Prestage.Functions.JumpCloud;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Devices;

/// <summary>
/// Believes who knows the organization's device key that it is the Mac it names, for Macs whose signatures JumpCloud refuses (docs/decisions,
/// record mode). The record is read with our own key. No call to JumpCloud without a right device key.
/// </summary>
internal sealed class RecordTrust(IJumpCloud jumpCloud, DeviceKeys keys, RelayLimits limits) : IDeviceTrust
{
    private const string Route = "GET /api/systems/{id} (named by a Mac)";

    /// <inheritdoc/>
    public bool ShowsTheVeryMac => false;

    /// <inheritdoc/>
    public async Task<(SystemRecord? System, Problem? Problem)> ProveAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken)
    {
        if (!RecordClaim.TryParse(request.Headers.Authorization, out var claim) || request.Headers[RecordClaim.KeyHeader] is not [{ Length: > 0 } shown])
        {
            return (null, Problem.RecordMissing());
        }

        if (!await keys.IsValidAsync(shown, cancellationToken))
        {
            return (null, Problem.RecordInvalid());
        }

        using var permit = await limits.EnterAsync(Route, cancellationToken);
        if (await jumpCloud.FindSystemAsync(claim.SystemId, cancellationToken) is { } system && system.Id == claim.SystemId)
        {
            return (system, null);
        }

        limits.CountRefusal();
        return (null, Problem.RecordInvalid());
    }
}
