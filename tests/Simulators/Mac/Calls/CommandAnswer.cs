namespace Prestage.Simulators.Mac.Calls;

/// <summary>What a command leaves behind; <see cref="Run"/> where it becomes another simulated command instead.</summary>
internal sealed record CommandAnswer(int ExitCode, string Output = "", string Errors = "")
{
    public static CommandAnswer Silent { get; } = new(0);

    public Successor? Run { get; private init; }

    public static CommandAnswer Ok(string output) => new(0, output);

    public static CommandAnswer Failed(int exitCode, string errors) => new(exitCode, string.Empty, errors);

    /// <summary>The process goes on as the command at <paramref name="path"/>, as that user, without its first <paramref name="shift"/> arguments.</summary>
    public static CommandAnswer Become(string path, int uid, int shift) => new(0) { Run = new Successor(path, uid, shift) };
}

/// <summary>What <c>exec</c> is given.</summary>
internal sealed record Successor(string Path, int Uid, int Shift);
