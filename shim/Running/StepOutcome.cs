using Prestage.Shim.Commands;

namespace Prestage.Shim.Running;

/// <summary>How a step ended.</summary>
internal abstract record StepOutcome
{
    /// <summary>What it was for is there, and was read back.</summary>
    internal sealed record Done : StepOutcome;

    /// <summary>Someone else does it, or it is not needed: the reason.</summary>
    internal sealed record Left(string Reason) : StepOutcome;

    /// <summary>An earlier step must be done again.</summary>
    internal sealed record GoTo(string Step) : StepOutcome;

    /// <summary>The same step again, a little later, within its deadline.</summary>
    internal sealed record Retry(TimeSpan After, string Reason) : StepOutcome;

    /// <summary>The run ends here.</summary>
    /// <param name="Code">The program's exit code.</param>
    /// <param name="Cause">For the report, of <c>[a-z0-9-:]</c>.</param>
    /// <param name="Detail">For operators.</param>
    internal sealed record Stop(ExitCode Code, string Cause, string Detail) : StepOutcome;
}
