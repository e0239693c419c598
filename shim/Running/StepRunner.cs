using System.Globalization;
using Prestage.Shim.Backend;
using Prestage.Shim.Commands;
using Prestage.Shim.Languages;
using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.Ui;

namespace Prestage.Shim.Running;

/// <summary>Runs the steps in order from the one that the journal has open, and writes down each end before the next begins.</summary>
internal sealed class StepRunner(IReadOnlyList<IStep> steps, StepContext context)
{
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(1);

    /// <summary>Until the last step is done, or one stops.</summary>
    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        var open = Math.Max(0, IndexOf(context.Journal.Current.Step));
        await Pace.KeepAsync(context, cancellationToken);
        StepView[] views = [.. steps.Select(step => new StepView(step.Sentence, step.SupportCode))];
        for (var next = 0; next < steps.Count;)
        {
            var step = steps[next];
            if (next < open && !step.RunsAtEveryStart)
            {
                next++;
                continue;
            }

            context.Log.Enter(step.Name);
            await TryTellAsync(() => context.Ui.ShowStepAsync(views, next, cancellationToken));
            await TellOfDiskAsync(step, cancellationToken);
            var start = context.Time.GetTimestamp();
            var outcome = await RunToEndAsync(step, cancellationToken);
            var (target, resume) = outcome switch
            {
                StepOutcome.GoTo back => (IndexOf(back.Step), IndexOf(back.Step)),
                StepOutcome.Stop => (next, Math.Max(open, next)),
                _ => (next + 1, Math.Max(open, next + 1)),
            };
            Record(step, context.Time.GetElapsedTime(start), outcome, resume);
            Print(next, step, context.Time.GetElapsedTime(start), outcome);
            if (outcome is StepOutcome.Stop stop)
            {
                context.Journal.Update(journal => Pace.Stopped(journal, context.Time));
                await context.Reporter.FailAsync(step.Name, stop.Cause, stop.Detail, cancellationToken);
                await TryTellAsync(() => context.Ui.StopAsync(step.SupportCode, cancellationToken));
                return stop.Code;
            }

            if (resume > open)
            {
                context.Journal.Update(journal => journal.Stops == 0 ? journal : journal with { Stops = 0 });
            }

            (next, open) = (target, resume);
        }

        await TryTellAsync(() => context.Ui.CloseAsync(cancellationToken));
        return ExitCode.Done;
    }

    // A window that cannot be shown ends no work.
    private async Task TryTellAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or UiUnavailableException)
        {
            context.Log.Warning($"The person cannot be shown this: {exception.Message}");
        }
    }

    // The run continues from memory; a restart would repeat what is not on the disk.
    private async Task TellOfDiskAsync(IStep step, CancellationToken cancellationToken)
    {
        if (context.Log.Refusal is { } refusal)
        {
            await context.Reporter.WarnAsync("start", "log-refused", $"There is no log on this Mac: {refusal}.", cancellationToken);
        }

        if ((context.Journal.WriteFailure ?? context.Log.WriteFailure) is { } why)
        {
            await context.Reporter.WarnAsync(step.Name, "disk-unwritable", $"Journal or log cannot be written: {why}", cancellationToken);
            await TryTellAsync(() => context.Ui.SayAsync(Words.DiskUnwritable, cancellationToken));
        }
    }

    private async Task<StepOutcome> RunToEndAsync(IStep step, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(step.Deadline, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await WatchAsync(step, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new StepOutcome.Stop(ExitCode.Unfinished, "deadline", $"The step did not end within {step.Deadline}.");
        }
        catch (EnrollmentGoneException)
        {
            context.State.DeleteToken();
            return new StepOutcome.GoTo(StepNames.Identify);
        }
        catch (SystemUnknownException)
        {
            return new StepOutcome.GoTo(StepNames.Agent);
        }
        catch (NoAnswerException)
        {
            return new StepOutcome.Stop(ExitCode.Unfinished, "no-answer", "Nobody answered the question.");
        }
        catch (DirectoryUnreadableException exception)
        {
            return new StepOutcome.Stop(ExitCode.Unfinished, "directory-unreadable", exception.Message);
        }
        catch (BackendException exception)
        {
            return new StepOutcome.Stop(ExitCode.Unfinished, exception.Problem.Code, exception.Problem.Detail);
        }
        catch (UntrustedPathException exception)
        {
            return new StepOutcome.Stop(ExitCode.Untrusted, "untrusted-path", exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new StepOutcome.Stop(ExitCode.Unfinished, "file-system", exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Its message may hold anything; IT is told its type, and launchd tries again.
            return new StepOutcome.Stop(ExitCode.Unfinished, "internal", $"Unexpected: {exception.GetType().FullName}.");
        }
    }

    private async Task<StepOutcome> RepeatAsync(IStep step, CancellationToken cancellationToken)
    {
        while (true)
        {
            var outcome = await step.RunAsync(context, cancellationToken);
            if (outcome is not StepOutcome.Retry retry)
            {
                return outcome;
            }

            context.Log.Info($"{retry.Reason}; trying again");
            await Task.Delay(retry.After, context.Time, cancellationToken);
        }
    }

    // IT sees a long wait while it lasts, not after it; many short tries are one long wait.
    private async Task<StepOutcome> WatchAsync(IStep step, CancellationToken cancellationToken)
    {
        var work = RepeatAsync(step, cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (await Task.WhenAny(work, Task.Delay(LongWait, context.Time, ended.Token)) != work && !cancellationToken.IsCancellationRequested)
        {
            await context.Reporter.InformAsync(step.Name, "waiting", "The step has taken more than a minute.", cancellationToken);
        }

        ended.Cancel();
        return await work;
    }

    private void Record(IStep step, TimeSpan took, StepOutcome outcome, int resume) => context.Journal.Update(journal => journal with
    {
        Step = resume < steps.Count ? steps[resume].Name : step.Name,
        Seconds = With(journal.Seconds, step.Name, Math.Round(journal.Seconds.GetValueOrDefault(step.Name) + took.TotalSeconds, 3)),
        Left = outcome is StepOutcome.Left left ? With(journal.Left, step.Name, left.Reason) : journal.Left,
    });

    private void Print(int index, IStep step, TimeSpan took, StepOutcome outcome)
    {
        var suffix = outcome switch
        {
            StepOutcome.Left left => $", left: {left.Reason}",
            StepOutcome.GoTo back => $", back to {back.Step}",
            StepOutcome.Stop stop => $", stopped: {stop.Cause}",
            _ => string.Empty,
        };
        context.Log.Info(string.Create(
            CultureInfo.InvariantCulture,
            $"[{index + 1,2}/{steps.Count}] {step.Name.Replace('-', ' ')} … {took.TotalSeconds:0.00} s{suffix}"));
    }

    private int IndexOf(string? name)
    {
        for (var index = 0; index < steps.Count; index++)
        {
            if (steps[index].Name == name)
            {
                return index;
            }
        }

        return -1;
    }

    private static Dictionary<string, T> With<T>(IReadOnlyDictionary<string, T> all, string name, T value) =>
        new(all) { [name] = value };
}
