namespace Prestage.Simulators.Mac.Faults;

/// <summary>How a fault changes a call.</summary>
internal enum FaultMode
{
    /// <summary>Never answers; the caller has to give up.</summary>
    Hang,

    /// <summary>Answers late, and then rightly.</summary>
    Slow,

    /// <summary>Answers the fault's own text; nothing is done.</summary>
    Instead,

    /// <summary>Does it, and answers the fault's own text.</summary>
    Afterwards,

    /// <summary>Answers as if it were done; nothing is.</summary>
    Phantom,

    /// <summary>The command itself behaves differently, see <see cref="Calls.CommandCall.Behaves"/>.</summary>
    Behave,
}

/// <summary>One way in which a command fails. Texts may hold <c>{p}</c> (NSLog's prefix), <c>{u}</c> (the account's name), <c>{full}</c> (its full name) and <c>{warning}</c> (sysadminctl's three lines).</summary>
/// <param name="Argument">Part of the call's arguments, joined by blanks; null fits any call.</param>
internal sealed record MacFault(string Name, string Command, FaultMode Mode, string? Argument = null)
{
    public string Output { get; init; } = string.Empty;

    public string Errors { get; init; } = string.Empty;

    public int ExitCode { get; init; }

    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often it strikes; null: always.</summary>
    public int? Times { get; init; } = 1;

    public MacFault Always() => this with { Times = null };

    public MacFault Exactly(int times) => this with { Times = times };

    /// <summary>Only for calls whose arguments hold this.</summary>
    public MacFault For(string argument) => this with { Argument = argument };

    public bool Fits(string command, IReadOnlyList<string> arguments) =>
        command == Command && (Argument is null || string.Join(' ', arguments).Contains(Argument, StringComparison.Ordinal));
}
