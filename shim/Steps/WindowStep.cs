using Prestage.Shim.Running;
using Prestage.Shim.Settings;

namespace Prestage.Shim.Steps;

/// <summary>3: the organization's words in front of the person. The console needs nothing installed.</summary>
internal sealed class WindowStep : IStep
{
    public string Name => StepNames.Window;

    public TimeSpan Deadline => TimeSpan.FromMinutes(10);

    public string Sentence => "Opening the window.";

    public string SupportCode => "ps-03";

    public bool RunsAtEveryStart => true;

    public string Plan(ShimSettings settings) => $"show \"{settings.Branding.Title}\" on the console";

    public Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancel)
    {
        context.Ui.Open(context.Settings.Branding.Title, context.Settings.Branding.Message);
        return Task.FromResult<StepOutcome>(new StepOutcome.Done());
    }
}
