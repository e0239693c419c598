using Prestage.Functions.JumpCloud;
using Prestage.Functions.Problems;
using Prestage.Wire;

namespace Prestage.Functions.Devices;

/// <summary>
/// Believes a Mac's signature: shape, freshness, JumpCloud's word on the signature over this very call, our organization, then single use. Only
/// proofs of our own Macs are stored.
/// </summary>
internal sealed class SignatureTrust(
    DeviceRelay relay, ProofRows proofs, Refusals refusals, RelayLimits limits, DeviceOptions options, JumpCloudOptions jumpCloud, TimeProvider clock) : IDeviceTrust
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public bool ShowsTheVeryMac => true;

    /// <inheritdoc/>
    public async Task<(SystemRecord? System, Problem? Problem)> ProveAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken)
    {
        if (!DeviceProof.TryParse(request.Headers.Authorization, out var proof))
        {
            return (null, Problem.ProofMissing());
        }

        if ((clock.GetUtcNow() - proof.SignedAt()).Duration() > Skew)
        {
            return (null, Problem.ProofStale());
        }

        var binding = options.ProofBinding == ProofBinding.Query ? DeviceProof.Binding(request.Method, request.Path, body) : null;
        if (await relay.ReadAsync(proof, binding, cancellationToken) is not { } system)
        {
            return (null, Problem.ProofInvalid());
        }

        // Before single use: JumpCloud answers for any organization's Mac, and a stranger's must write no row here.
        if (!system.IsMacOf(jumpCloud.OrgId))
        {
            limits.CountRefusal();
            return (null, Problem.AnotherOrganization());
        }

        if (await proofs.TryUseAsync(proof, cancellationToken))
        {
            return (system, null);
        }

        await refusals.OfMacAsync(system.Id!, ProblemCodes.ProofReplayed, $"A proof was used again, for {request.Path}.");
        return (null, Problem.ProofReplayed());
    }
}
