namespace Prestage.Simulators.Mac.Faults;

/// <summary>The faults that wait for their call, first set first met.</summary>
internal sealed class FaultTable
{
    private readonly Lock gate = new();
    private readonly List<MacFault> waiting = [];

    /// <summary>Told of each fault that a call meets, and of the call.</summary>
    public Action<MacFault, IReadOnlyList<string>>? OnStruck { get; set; }

    public void Set(MacFault fault)
    {
        lock (gate)
        {
            waiting.Add(fault);
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            waiting.Clear();
        }
    }

    /// <summary>The fault that this call meets, counted down; null where none fits.</summary>
    public MacFault? Take(string command, IReadOnlyList<string> arguments)
    {
        var fault = TakeFirst(command, arguments);
        if (fault is not null)
        {
            OnStruck?.Invoke(fault, arguments);
        }

        return fault;
    }

    private MacFault? TakeFirst(string command, IReadOnlyList<string> arguments)
    {
        lock (gate)
        {
            var at = waiting.FindIndex(fault => fault.Fits(command, arguments));
            if (at < 0)
            {
                return null;
            }

            var fault = waiting[at];
            if (fault.Times is <= 1)
            {
                waiting.RemoveAt(at);
            }
            else if (fault.Times is { } left)
            {
                waiting[at] = fault with { Times = left - 1 };
            }

            return fault;
        }
    }
}
