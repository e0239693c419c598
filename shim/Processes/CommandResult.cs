namespace Prestage.Shim.Processes;

/// <summary>What a command left behind. Many of the Mac's tools answer 0 on failure: read the state back instead of trusting <see cref="ExitCode"/>.</summary>
/// <param name="ExitCode">The exit code; -1 where there is none (killed, left running, or not startable).</param>
/// <param name="Output">Standard output, UTF-8, cut at the runner's cap.</param>
/// <param name="Errors">Standard error, the same way.</param>
/// <param name="TimedOut">The time limit ended it, or the waiting for it.</param>
internal sealed record CommandResult(int ExitCode, string Output, string Errors, bool TimedOut = false)
{
    /// <summary>Exit code 0 within the time limit.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>Both streams, for tools that choose either.</summary>
    public string Text => Output + Errors;
}
