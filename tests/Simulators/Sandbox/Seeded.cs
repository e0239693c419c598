namespace Prestage.Simulators.Sandbox;

/// <summary>A small generator with a seed (SplitMix64, Steele, Lea and Flood 2014), so that a failed run can be run again.</summary>
internal sealed class Seeded(ulong seed)
{
    private ulong state = seed;

    /// <summary>A number from 0 to <paramref name="below"/> − 1.</summary>
    public int Next(int below)
    {
        state += 0x9E3779B97F4A7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)below);
    }

    /// <summary>One of them.</summary>
    public T Pick<T>(IReadOnlyList<T> of) => of[Next(of.Count)];

    /// <summary>All of them in another order (Fisher and Yates).</summary>
    public T[] Shuffle<T>(IEnumerable<T> of)
    {
        T[] all = [.. of];
        for (var left = all.Length; left > 1; left--)
        {
            var at = Next(left);
            (all[left - 1], all[at]) = (all[at], all[left - 1]);
        }

        return all;
    }
}
