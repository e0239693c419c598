namespace Prestage.Functions.Hosting;

/// <summary>
/// Counts what one piece of work asks of the outside: one per logical operation, page or batch, however often it is retried.
/// It follows the asynchronous flow that began it; work outside any flow is counted nowhere.
/// </summary>
internal sealed class CallUsage
{
    private static readonly AsyncLocal<CallUsage?> Ambient = new();

    private int tableOperations;
    private int directoryCalls;
    private int keyDerivations;

    /// <summary>The counter of the present flow, or null.</summary>
    public static CallUsage? Current => Ambient.Value;

    /// <summary>Requests to the table service: a point read, a write, a page or a batch is one.</summary>
    public int TableOperations => Volatile.Read(ref tableOperations);

    /// <summary>Requests to JumpCloud.</summary>
    public int DirectoryCalls => Volatile.Read(ref directoryCalls);

    /// <summary>Slow hashes computed here: tens of milliseconds each.</summary>
    public int KeyDerivations => Volatile.Read(ref keyDerivations);

    /// <summary>Begins a count for the present flow, and what it awaits or starts, in place of an earlier one.</summary>
    public static CallUsage Begin() => Ambient.Value = new CallUsage();

    /// <summary>Counts one table operation, if anyone counts.</summary>
    public static void CountTableOperation()
    {
        if (Current is { } usage)
        {
            Interlocked.Increment(ref usage.tableOperations);
        }
    }

    /// <summary>Counts one call to JumpCloud, if anyone counts.</summary>
    public static void CountDirectoryCall()
    {
        if (Current is { } usage)
        {
            Interlocked.Increment(ref usage.directoryCalls);
        }
    }

    /// <summary>Counts one slow hash, if anyone counts.</summary>
    public static void CountKeyDerivation()
    {
        if (Current is { } usage)
        {
            Interlocked.Increment(ref usage.keyDerivations);
        }
    }
}
