using Prestage.Simulators.JumpCloud;

namespace Prestage.Simulators.Sandbox.Misfortunes;

/// <summary>Everything that will go wrong in a run, drawn from one seed. All kinds are in every plan; the seed says where, when and how often.</summary>
internal sealed class MisfortunePlan
{
    // What the vault does while the key is rotated, see BlowKind.
    private static readonly Misfortune[] OfVault =
    [
        new(Misfortune.KeyVault, "unavailable", "it answers 503"),
        new(Misfortune.KeyVault, "throttled", "it answers 429"),
        new(Misfortune.KeyVault, "forbidden", "it refuses the backend: 403"),
    ];

    private MisfortunePlan(IReadOnlyList<(Fault Rule, Misfortune What)> directory, IReadOnlyList<MacTroubles> macs, IReadOnlyList<Blow> blows)
    {
        (Macs, Blows) = (macs, blows);
        DirectoryRules = [.. directory.Select(trouble => trouble.Rule)];
        All = [.. directory.Select(trouble => trouble.What), .. OfVault, .. macs.SelectMany(mac => mac.Planned), .. blows.Select(blow => blow.What).Distinct()];
    }

    /// <summary>Each must strike at least once.</summary>
    public IReadOnlyList<Misfortune> All { get; }

    public IReadOnlyList<Fault> DirectoryRules { get; }

    /// <summary>What each Mac does by itself.</summary>
    public IReadOnlyList<MacTroubles> Macs { get; }

    /// <summary>What is done to the world, each at its moment.</summary>
    public IReadOnlyList<Blow> Blows { get; }

    public static MisfortunePlan Draw(ulong seed, IReadOnlyList<string> serialNumbers, IReadOnlyList<string> usernames)
    {
        var random = new Seeded(seed);
        var directory = DirectoryTroubles.Draw(random, serialNumbers.Count);
        var macs = MacTroubles.Draw(random, serialNumbers, usernames);
        return new(directory, macs, BlowDraw.Draw(random, serialNumbers, macs));
    }
}
