namespace Prestage.Simulators.Sandbox.Misfortunes;

/// <summary>Chooses the moments of the blows, so that each finds what it strikes.</summary>
internal static class BlowDraw
{
    private const int AgentStep = 4;
    private const int PasswordStep = 6;
    private const int SecureTokenStep = 8;
    private const int HandOverStep = 10;
    private const int LoginStep = 11;

    // Longer than one try of a storage client (5 s): it tries again while its first try is still to be answered.
    private static readonly TimeSpan StandStill = TimeSpan.FromSeconds(7);

    /// <summary>All blows of a run.</summary>
    public static IReadOnlyList<Blow> Draw(Seeded random, IReadOnlyList<string> serialNumbers, IReadOnlyList<MacTroubles> macs)
    {
        List<Blow> blows = [];
        foreach (var kind in Kinds(serialNumbers.Count))
        {
            var mac = random.Next(serialNumbers.Count);
            var step = random.Pick(Steps(kind, macs[mac]));
            var (delay, length) = (random.Next(LongestDelay(kind, step)), random.Next(LongestOf(kind)));
            blows.Add(new(
                kind, Describe(kind, serialNumbers[mac]), mac, step, TimeSpan.FromMilliseconds(delay),
                kind == BlowKind.StopStorage ? StandStill : TimeSpan.FromMilliseconds(length)));
        }

        return blows;
    }

    private static IEnumerable<BlowKind> Kinds(int macs) =>
    [
        BlowKind.KillBackend,

        // Twice: the third error of a worker within half an hour ends its host.
        BlowKind.KillWorker,
        BlowKind.KillWorker,
        .. Enumerable.Repeat(BlowKind.KillShim, macs + 1),
        BlowKind.RestartMac,
        BlowKind.CutNetwork,
        .. Enumerable.Repeat(BlowKind.LoseAnswer, macs + 1),
        BlowKind.StopStorage,
        BlowKind.RotateKeyVaultAway,
        BlowKind.RotateKeyVaultBusy,
        BlowKind.RotateKeyVaultForbidden,
    ];

    private static int[] Steps(BlowKind kind, MacTroubles mac) => kind switch
    {
        // Whose shim ends between password and Secure Token has forgotten the password, and asks for no token that could be refused.
        BlowKind.KillShim => Range(mac.NeedsTokenAdmin ? SecureTokenStep : 1, HandOverStep),

        // A restart between the hand-over's hiding and its log-out does the latter's work, and nobody asks for it.
        BlowKind.RestartMac => mac.NeedsTokenAdmin || mac.NeedsLogOut ? [HandOverStep] : [.. Range(1, PasswordStep), HandOverStep],
        BlowKind.LoseAnswer => [AgentStep, AgentStep + 1, PasswordStep, SecureTokenStep, HandOverStep],
        BlowKind.RotateKeyVaultAway or BlowKind.RotateKeyVaultBusy or BlowKind.RotateKeyVaultForbidden => Range(AgentStep, SecureTokenStep),
        _ => Range(AgentStep, LoginStep),
    };

    // Milliseconds. The last steps take little time, and an answer is lost at the call that is next.
    private static int LongestDelay(BlowKind kind, int step) => kind switch
    {
        BlowKind.LoseAnswer => 1,
        BlowKind.KillShim or BlowKind.RestartMac when step >= HandOverStep => 40,
        BlowKind.RestartMac => 100,
        _ => 400,
    };

    private static int LongestOf(BlowKind kind) => kind == BlowKind.CutNetwork ? 4000 : 1500;

    private static Misfortune Describe(BlowKind kind, string serialNumber)
    {
        var (where, sentence) = kind switch
        {
            BlowKind.KillBackend => (Misfortune.Backend, "the host and its worker are killed, and a new host is started"),
            BlowKind.KillWorker => (Misfortune.Backend, "the worker is killed below its host"),
            BlowKind.KillShim => (serialNumber, "the shim is killed"),
            BlowKind.RestartMac => (serialNumber, "it restarts"),
            BlowKind.CutNetwork => (serialNumber, "its network is cut for some seconds"),
            BlowKind.LoseAnswer => (serialNumber, "an answer of the backend is lost on the way"),
            BlowKind.StopStorage => (Misfortune.Storage, "it stands still for some seconds"),
            BlowKind.RotateKeyVaultAway => (Misfortune.KeyVault, "the API key is rotated while it answers 503"),
            BlowKind.RotateKeyVaultBusy => (Misfortune.KeyVault, "the API key is rotated while it answers 429"),
            BlowKind.RotateKeyVaultForbidden => (Misfortune.KeyVault, "the API key is rotated while it refuses the backend"),
            _ => throw new InvalidOperationException($"{kind} has no words."),
        };
        return new(where, kind.ToString(), sentence);
    }

    private static int[] Range(int first, int last) => [.. Enumerable.Range(first, last - first + 1)];
}
