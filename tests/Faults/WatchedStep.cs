extern alias shim;

using shim::Prestage.Shim.Languages;
using shim::Prestage.Shim.Running;
using shim::Prestage.Shim.Settings;

namespace Prestage.Tests.Faults;

/// <summary>A step as it is, with a word before it begins and before its end is written down.</summary>
internal sealed class WatchedStep(IStep step, Func<string, bool, Task> at) : IStep
{
    public string Name => step.Name;

    public TimeSpan Deadline => step.Deadline;

    public Phrase Sentence => step.Sentence;

    public string SupportCode => step.SupportCode;

    public bool RunsAtEveryStart => step.RunsAtEveryStart;

    public string Plan(ShimSettings settings) => step.Plan(settings);

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        await at(step.Name, true);
        var outcome = await step.RunAsync(context, cancellationToken);
        await at(step.Name, false);
        return outcome;
    }
}
