namespace Prestage.Simulators.Mac.Faults;

/// <summary>
/// A fault as options and other processes ask for it: by its name in <see cref="MacFaults"/>, or for any command as
/// <c>hang</c>, <c>phantom</c>, <c>empty</c> (no output, and 0), <c>slow</c> (with milliseconds) or <c>exit</c> (with the code).
/// </summary>
internal sealed record FaultOrder(string Name, string? Argument = null, int Times = 1, bool Always = false)
{
    /// <summary>The command's name, for the five general faults.</summary>
    public string? Command { get; init; }

    /// <summary>Milliseconds of <c>slow</c>, or the code of <c>exit</c>.</summary>
    public int Value { get; init; }

    /// <exception cref="ArgumentException">No fault has that name.</exception>
    public MacFault ToFault()
    {
        var fault = (Name, Command) switch
        {
            ("hang", { } command) => MacFaults.Hang(command),
            ("phantom", { } command) => MacFaults.Phantom(command),
            ("empty", { } command) => MacFaults.Says($"{command}-empty", command, null, 0),
            ("slow", { } command) => MacFaults.Slow(command, TimeSpan.FromMilliseconds(Value)),
            ("exit", { } command) => MacFaults.WrongExitCode(command, Value),
            _ => MacFaults.All.FirstOrDefault(known => known.Name == Name) ?? throw new ArgumentException($"no fault is called {Name}"),
        };
        return fault with { Argument = Argument ?? fault.Argument, Times = Always ? null : Times };
    }
}
