using Prestage.Shim.Languages;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;

namespace Prestage.Shim.Steps;

/// <summary>3: the organization's words in front of the person. swiftDialog is installed for it where it is missing.</summary>
internal sealed class WindowStep : IStep
{
    public string Name => StepNames.Window;

    public TimeSpan Deadline => TimeSpan.FromMinutes(10);

    public Phrase Sentence => Words.StepCheck;

    public string SupportCode => "ps-03";

    public bool RunsAtEveryStart => true;

    public string Plan(ShimSettings settings) => $"show the organization's words and this enrollment's steps ({settings.Ui})";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        await context.Ui.OpenAsync(cancellationToken);
        return new StepOutcome.Done();
    }
}
