using Prestage.Shim.Languages;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;

namespace Prestage.Shim.Steps;

/// <summary>2: a person's finished login at the screen, Setup Assistant being through.</summary>
internal sealed class WaitForSessionStep : IStep
{
    public string Name => StepNames.WaitForSession;

    public TimeSpan Deadline => TimeSpan.FromHours(12);

    public Phrase Sentence => Words.StepCheck;

    public string SupportCode => "ps-02";

    public string Plan(ShimSettings settings) => "wait until a person is logged in and Finder and Dock run";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (await Poll.ForAsync(context.Mac.Session.ReadReadyAsync, Deadline, context.Time, cancellationToken) is not { } user)
        {
            return new StepOutcome.Retry(TimeSpan.FromSeconds(2), "Nobody is at the screen");
        }

        context.Log.Info($"{user.Name} is at the screen");
        return new StepOutcome.Done();
    }
}
