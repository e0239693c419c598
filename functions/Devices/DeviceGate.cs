using Prestage.Functions.JumpCloud;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Devices;

/// <summary>Lets a call in on the Mac's own proof.</summary>
internal sealed class DeviceGate(IDeviceTrust trust, CallsPerMac perMac, JumpCloudOptions jumpCloud)
{
    /// <summary>Whether the header is meant as a device proof, of whichever mode.</summary>
    public static bool IsProof(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var shown
        && (shown.StartsWith(DeviceProof.Scheme, StringComparison.Ordinal) || shown.StartsWith(RecordClaim.Scheme, StringComparison.Ordinal));

    /// <summary>The proven Mac's record, or why the proof was refused.</summary>
    public async Task<(SystemRecord? System, Problem? Problem)> ProveAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken)
    {
        if (ClaimedSystem(request) is { } claimed && perMac.IsFull(claimed))
        {
            return (null, Problem.Busy());
        }

        return await trust.ProveAsync(request, body, cancellationToken) switch
        {
            (null, var refused) => (null, refused),

            ({ } system, _) when !system.IsMacOf(jumpCloud.OrgId) => (null, Problem.AnotherOrganization()),
            ({ } system, _) when !perMac.TryEnter(request.HttpContext, system.Id!) => (null, Problem.Busy()),
            var proven => proven,
        };
    }

    private static string? ClaimedSystem(HttpRequest request) =>
        DeviceProof.TryParse(request.Headers.Authorization, out var proof) ? proof.SystemId
        : RecordClaim.TryParse(request.Headers.Authorization, out var claim) ? claim.SystemId
        : null;

    /// <summary>The same where only the very Mac will do.</summary>
    public Task<(SystemRecord? System, Problem? Problem)> ProveTheVeryMacAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken) =>
        trust.ShowsTheVeryMac
            ? ProveAsync(request, body, cancellationToken)
            : Task.FromResult<(SystemRecord?, Problem?)>((null, Problem.Forbidden(
                "This service trusts records (Device__Trust), so a device proof alone yields no token: verify the person again with POST /api/verify.")));
}
