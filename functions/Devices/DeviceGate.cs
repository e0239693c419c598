using Prestage.Functions.JumpCloud;
using Prestage.Functions.Problems;
using Prestage.Wire;

namespace Prestage.Functions.Devices;

/// <summary>
/// Lets a call in on the Mac's own proof: shape, freshness, JumpCloud's word on the signature over this very call, then single use.
/// Only proven proofs are stored.
/// </summary>
internal sealed class DeviceGate(
    DeviceRelay relay, ProofRows proofs, Refusals refusals, DeviceOptions options, JumpCloudOptions jumpCloud, TimeProvider clock)
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>The proven Mac's record, or why the proof was refused.</summary>
    public async Task<(SystemRecord? System, Problem? Problem)> ProveAsync(HttpRequest request, byte[] body, CancellationToken cancel)
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
        if (await relay.ReadAsync(proof, binding, cancel) is not { } system)
        {
            return (null, Problem.ProofInvalid());
        }

        if (await proofs.TryUseAsync(proof, cancel))
        {
            return (OurMac(system), Foreign(system));
        }

        // Another organization's Macs write nothing here.
        if (IsOurMac(system))
        {
            await refusals.OfMacAsync(system.Id!, ProblemCodes.ProofReplayed, $"A proof was used again, for {request.Path}.");
        }

        return (null, Problem.ProofReplayed());
    }

    private SystemRecord? OurMac(SystemRecord system) => IsOurMac(system) ? system : null;

    private Problem? Foreign(SystemRecord system) =>
        IsOurMac(system) ? null : Problem.DeviceNotEligible("This Mac is not a Mac of this organization.");

    // JumpCloud vouches for any tenant's system.
    private bool IsOurMac(SystemRecord system) => system.Organization == jumpCloud.OrgId && system.OsFamily == "darwin";
}
