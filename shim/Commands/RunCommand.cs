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
        if (!await machine.IsRootAsync(cancellationToken))
        {
            await Console.Error.WriteLineAsync("prestage must be started as root.");
            return ExitCode.NotRoot;
        }

        var state = new StateDirectory(paths);
        if (!dryRun)
        {
            state.Create();
        }

        var log = new StepLog(outside?.Output ?? Console.Out, dryRun ? null : paths.LogFile, time);
        try
        {
            if (state.HasReceipt)
            {
                log.Info("This Mac is enrolled; prestage status shows the receipt.");
                if (!dryRun)
                {
                    // A start that was killed after its receipt leaves its window, too.
                    RemoveItselfStep.CleanUp(paths, state);
                    await new DialogFiles(paths).CloseLeftOverAsync(time, cancellationToken);
                }

                return ExitCode.Done;
            }

            var reader = new SettingsReader(paths, commands);
            if (dryRun)
            {
                return ShowPlan(await reader.ReadAsync(cancellationToken));
            }

            var (settings, languages) = await ReadAsync(new AwaitedSettings(reader, log, time), machine, cancellationToken);
            return await RunStepsAsync(settings, languages, commands, state, log, cancellationToken);
        }
        catch (SettingsException exception)
        {
            foreach (var error in exception.Errors)
            {
                log.Error(error);
            }

            if (!dryRun)
            {
                await TellAsync(commands, machine, cancellationToken);
            }

            return ExitCode.BadSettings;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            log.Info("Stopped; the next start resumes here.");
            return ExitCode.Unfinished;
        }
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
    private async Task TellAsync(CommandRunner commands, Machine machine, CancellationToken cancellationToken)
    {
        try
        {
            await new DialogFiles(paths).CloseLeftOverAsync(time, cancellationToken);
            var languages = await machine.ReadLanguagesAsync(paths.SystemPreferences, cancellationToken);
            var users = new UserCommands(commands, new LoginSession(commands, paths), paths, time);
            var ui = new OsascriptUi(users, Texts.Choose(languages, new Dictionary<string, string>()), new Branding(null, null, null), time);
            ui.Note(Words.SettingsMissing);
            await ui.StopAsync(AllSteps.InOrder[0].SupportCode, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to end: the next start tells it again.
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
        using var held = state.TryLock();
        if (held is null)
        {
            log.Warning("Another prestage runs on this Mac.");
            return ExitCode.Unfinished;
        }

        if (settings.Ui != UiKind.SwiftDialog)
        {
            // Of a start that was set otherwise: its window would lie over the dialogs, or stay for good.
            await new DialogFiles(paths).CloseLeftOverAsync(time, cancellationToken);
        }

        using var composition = new Composition(settings, Texts.Choose(languages, settings.Texts), paths, commands, state, log, time, outside);
        return await new StepRunner(outside?.Steps ?? AllSteps.InOrder, composition.Context).RunAsync(cancellationToken);
    }
}
