using Prestage.Shim.Languages;
using Prestage.Shim.Logging;
using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;
using Prestage.Shim.State;
using Prestage.Shim.Steps;
using Prestage.Shim.Ui;
using Prestage.Shim.Ui.Osascript;
using Prestage.Shim.Ui.SwiftDialog;

namespace Prestage.Shim.Commands;

/// <summary><c>prestage run</c>: checks who starts it and how it is set, then runs the steps.</summary>
internal sealed class RunCommand(MacPaths paths, TimeProvider time, Outside? outside = null)
{
    public async Task<ExitCode> RunAsync(bool dryRun, CancellationToken cancellationToken)
    {
        var commands = outside?.Commands ?? new CommandRunner(paths, time);
        var machine = new Machine(commands);
        var state = new StateDirectory(paths);
        try
        {
            if (!await machine.IsRootAsync(cancellationToken))
            {
                await Console.Error.WriteLineAsync("prestage must be started as root.");
                return ExitCode.NotRoot;
            }
        }
        catch (UntrustedPathException exception) when (!dryRun)
        {
            // Even "id" is not root's: nothing is started any more, not even a dialog.
            Log(state).Error(exception.Message);
            return ExitCode.Untrusted;
        }

        return dryRun ? await PlanAsync(state, commands, cancellationToken) : await RunAsync(state, commands, machine, cancellationToken);
    }

    private StepLog Log(StateDirectory state)
    {
        var refusal = state.TryCreateLogDirectory();
        var log = new StepLog(outside?.Output ?? Console.Out, refusal is null ? paths.LogFile : null, time) { Refusal = refusal };
        if (refusal is not null)
        {
            log.Warning($"There is no log on this Mac: {refusal}.");
        }

        return log;
    }

    private async Task<ExitCode> PlanAsync(StateDirectory state, CommandRunner commands, CancellationToken cancellationToken)
    {
        var log = new StepLog(outside?.Output ?? Console.Out, null, time);
        if (state.HasReceipt)
        {
            return Enrolled(log);
        }

        try
        {
            return ShowPlan(await new SettingsReader(paths, commands).ReadAsync(cancellationToken));
        }
        catch (SettingsException exception)
        {
            return Refuse(exception, log);
        }
    }

    private async Task<ExitCode> RunAsync(StateDirectory state, CommandRunner commands, Machine machine, CancellationToken cancellationToken)
    {
        var log = Log(state);
        try
        {
            state.Create();
            using var held = state.TryLock();
            if (held is null)
            {
                log.Warning("Another prestage runs on this Mac.");
                return ExitCode.Unfinished;
            }

            return await RunLockedAsync(state, commands, machine, log, cancellationToken);
        }
        catch (SettingsException exception)
        {
            Refuse(exception, log);
            await TellAsync(commands, machine, Words.SettingsMissing, log, cancellationToken);
            return ExitCode.BadSettings;
        }
        catch (UntrustedPathException exception)
        {
            log.Error(exception.Message);
            await TellAsync(commands, machine, null, log, cancellationToken);
            return ExitCode.Untrusted;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.Error($"The state directory cannot be used: {exception.Message}");
            await TellAsync(commands, machine, Words.DiskUnwritable, log, cancellationToken);
            return ExitCode.Unfinished;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            log.Info("Stopped; the next start resumes here.");
            return ExitCode.Unfinished;
        }
    }

    // The receipt is looked for under the lock, so that no other run writes it meanwhile.
    private async Task<ExitCode> RunLockedAsync(
        StateDirectory state, CommandRunner commands, Machine machine, StepLog log, CancellationToken cancellationToken)
    {
        if (state.HasReceipt)
        {
            return await EndAsync(state, log, cancellationToken);
        }

        var (settings, languages) = await ReadAsync(new AwaitedSettings(new SettingsReader(paths, commands), log, time), machine, cancellationToken);

        // Settings are waited for, minutes at times: what stood before is asked again.
        return state.HasReceipt
            ? await EndAsync(state, log, cancellationToken)
            : await RunStepsAsync(settings, languages, commands, state, log, cancellationToken);
    }

    // A start that was killed after its receipt leaves its window, too.
    private async Task<ExitCode> EndAsync(StateDirectory state, StepLog log, CancellationToken cancellationToken)
    {
        RemoveItselfStep.CleanUp(paths, state);
        await new DialogFiles(paths).CloseLeftOverAsync(time, cancellationToken);
        return Enrolled(log);
    }

    private static ExitCode Enrolled(StepLog log)
    {
        log.Info("This Mac is enrolled; prestage status shows the receipt.");
        return ExitCode.Done;
    }

    private static ExitCode Refuse(SettingsException exception, StepLog log)
    {
        foreach (var error in exception.Errors)
        {
            log.Error(error);
        }

        return ExitCode.BadSettings;
    }

    // At the same time: macOS's answer takes as long as our reading. Where nobody wants it, nobody waits for it.
    private async Task<(ShimSettings Settings, IReadOnlyList<string> Languages)> ReadAsync(AwaitedSettings awaited, Machine machine, CancellationToken cancellationToken)
    {
        using var wanted = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var languages = machine.ReadLanguagesAsync(paths.SystemPreferences, wanted.Token);
        try
        {
            var settings = await awaited.ReadAsync(cancellationToken);
            return (settings, settings.Language is { } set ? [set] : await languages);
        }
        finally
        {
            await wanted.CancelAsync();
            await ((Task)languages).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    // Without settings nobody knows how the person is to be asked, nor whom to report to: a plain dialog in the Mac's own language.
    private async Task TellAsync(CommandRunner commands, Machine machine, Phrase? why, StepLog log, CancellationToken cancellationToken)
    {
        try
        {
            await new DialogFiles(paths).CloseLeftOverAsync(time, cancellationToken);
            var languages = await machine.ReadLanguagesAsync(paths.SystemPreferences, cancellationToken);
            var users = new UserCommands(commands, new LoginSession(commands, paths), paths, time);
            var ui = new OsascriptUi(users, Texts.Choose(languages, new Dictionary<string, string>()), new Branding(null, null, null), time);
            if (why is not null)
            {
                ui.Note(why);
            }

            await ui.StopAsync(AllSteps.InOrder[0].SupportCode, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to end: the next start tells it again.
        }
        catch (UntrustedPathException exception)
        {
            log.Error($"The person cannot be told: {exception.Message}");
        }
    }

    private static ExitCode ShowPlan(ShimSettings settings)
    {
        Console.WriteLine("Nothing is changed. A run would:");
        for (var index = 0; index < AllSteps.InOrder.Count; index++)
        {
            var step = AllSteps.InOrder[index];
            Console.WriteLine($"[{index + 1,2}/{AllSteps.InOrder.Count}] {step.Name.Replace('-', ' ')}: {step.Plan(settings)}");
        }

        return ExitCode.Done;
    }

    private async Task<ExitCode> RunStepsAsync(
        ShimSettings settings, IReadOnlyList<string> languages, CommandRunner commands, StateDirectory state, StepLog log, CancellationToken cancellationToken)
    {
        if (settings.Ui != UiKind.SwiftDialog)
        {
            // Of a start that was set otherwise: its window would lie over the dialogs, or stay for good.
            await new DialogFiles(paths).CloseLeftOverAsync(time, cancellationToken);
        }

        using var composition = new Composition(settings, Texts.Choose(languages, settings.Texts), paths, commands, state, log, time, outside);
        return await new StepRunner(outside?.Steps ?? AllSteps.InOrder, composition.Context).RunAsync(cancellationToken);
    }
}
