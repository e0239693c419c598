using Prestage.Functions.JumpCloud;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Devices;

/// <summary>What a Mac is believed on (<c>Device:Trust</c>).</summary>
internal interface IDeviceTrust
{
    /// <summary>
    /// Whether the proof shows the very Mac. Where it shows only one of the organization's Macs, it opens no enrollment that a person was
    /// verified for: another Mac could take it over.
    /// </summary>
    bool ShowsTheVeryMac { get; }

    /// <summary>
    /// The record of the Mac that the call comes from, of whatever organization, or why its proof was refused.
    /// Throws <see cref="DirectoryException"/> where JumpCloud does not answer.
    /// </summary>
    Task<(SystemRecord? System, Problem? Problem)> ProveAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken);
}
