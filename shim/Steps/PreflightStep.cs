using System.Globalization;
using Prestage.Shim.Commands;
using Prestage.Shim.Languages;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;

namespace Prestage.Shim.Steps;

/// <summary>1: what this Mac is, whether the service answers, and how far the clock is off. Root and settings were checked before.</summary>
internal sealed class PreflightStep : IStep
{
    public string Name => StepNames.Preflight;

    public TimeSpan Deadline => TimeSpan.FromMinutes(30);

    public Phrase Sentence => Words.StepCheck;

    public string SupportCode => "ps-01";

    public bool RunsAtEveryStart => true;

    public string Plan(ShimSettings settings) => $"read serial number and version, keep the Mac awake, ask {settings.ServiceUrl}api/health for an answer and the time, set a clock that is far off";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        context.Mac.Machine.KeepAwake();
        context.SerialNumber = await context.Mac.Machine.ReadSerialNumberAsync(cancellationToken);
        context.OsVersion = await context.Mac.Machine.ReadVersionAsync(cancellationToken);
        if (context.SerialNumber is null)
        {
            return new StepOutcome.Stop(ExitCode.Unfinished, "no-serial-number", "ioreg names no serial number.");
        }

        var health = await new FirstContact(context, SupportCode).AskAsync(cancellationToken);
        var offset = context.Clock.Offset.TotalSeconds;
        context.Log.Info(string.Create(
            CultureInfo.InvariantCulture,
            $"macOS {context.OsVersion}, serial number {context.SerialNumber}, service {health?.Version}, clock {offset:0} s behind the service"));
        await context.Reporter.SendWaitingAsync(cancellationToken);
        return new StepOutcome.Done();
    }
}
