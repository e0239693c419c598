namespace Prestage.Simulators.Sandbox.Misfortunes;

/// <summary>Tells each misfortune as it strikes, and counts them.</summary>
internal sealed class MisfortuneLog(IReadOnlyList<Misfortune> planned, Action<string> say)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Misfortune, int> struck = planned.ToDictionary(misfortune => misfortune, _ => 0);

    /// <summary>What never struck, so far.</summary>
    public IReadOnlyList<Misfortune> Missing
    {
        get
        {
            lock (gate)
            {
                return [.. planned.Where(misfortune => struck[misfortune] == 0)];
            }
        }
    }

    /// <summary>One has struck; <paramref name="how"/> says at what.</summary>
    public void Tell(Misfortune misfortune, string how)
    {
        lock (gate)
        {
            struck[misfortune]++;
        }

        say($"Misfortune at {misfortune.Where}: {misfortune.Sentence} ({how})");
    }

    /// <summary>One that the place itself tells of by its name.</summary>
    public void Tell(string where, string name, string how) =>
        Tell(planned.Single(misfortune => misfortune.Where == where && misfortune.Name == name), how);

    /// <summary>The counts by kind, wherever they struck, and what did not strike.</summary>
    public void Close()
    {
        lock (gate)
        {
            foreach (var kind in struck.GroupBy(pair => (Place(pair.Key), pair.Key.Sentence)))
            {
                say($"{kind.Sum(pair => pair.Value),4} × {kind.Key.Item1}: {kind.Key.Sentence}");
            }

            say($"{struck.Values.Sum()} misfortunes of {planned.Count} planned ones struck; {Missing.Count} did not strike");
        }

        foreach (var missing in Missing)
        {
            say($"DID NOT STRIKE: {missing.Where}: {missing.Sentence}");
        }
    }

    private static string Place(Misfortune misfortune) =>
        misfortune.Where is Misfortune.JumpCloud or Misfortune.KeyVault or Misfortune.Backend or Misfortune.Storage ? misfortune.Where : "a Mac";
}
