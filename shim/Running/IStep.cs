using Prestage.Shim.Languages;
using Prestage.Shim.Settings;

namespace Prestage.Shim.Running;

/// <summary>One step of the enrollment. It may be run again at any time, and then finds what is done already.</summary>
internal interface IStep
{
    /// <summary>The name in journal, reports and log: one of <see cref="StepNames"/>.</summary>
    string Name { get; }

    /// <summary>How long the step may take in one start before it is reported and started anew.</summary>
    TimeSpan Deadline { get; }

    /// <summary>What happens, for the person. Neighbours with the same sentence are one line of the progress.</summary>
    Phrase Sentence { get; }

    /// <summary>What the person can tell IT when the step does not end.</summary>
    string SupportCode { get; }

    /// <summary>Whether the step belongs to each start, also to one that resumes at a later step.</summary>
    bool RunsAtEveryStart => false;

    /// <summary>What the step would do, for <c>--dry-run</c>.</summary>
    string Plan(ShimSettings settings);

    Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken);
}
