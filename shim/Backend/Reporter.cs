using Prestage.Shim.Logging;
using Prestage.Shim.State;
using Prestage.Wire;

namespace Prestage.Shim.Backend;

/// <summary>
/// Tells IT what happened: each step's code once, kept in the journal until the service takes it. A report that fails never fails a step.
/// </summary>
internal sealed class Reporter(EnrollmentBackend backend, JournalStore journal, StepLog log, TimeProvider time) : IDisposable
{
    private const int LongestMessage = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim sending = new(1);

    /// <summary>Something that IT should look at; it stays on the receipt too.</summary>
    /// <param name="about">What it is about, where one code can concern several; the service gets a report of each.</param>
    public Task WarnAsync(string step, string code, string message, CancellationToken cancellationToken, string? about = null)
    {
        log.Warning($"{code}: {message}");
        journal.Update(current => current.Warnings.Contains(code) ? current : current with { Warnings = [.. current.Warnings, code] });
        return AddAsync("warning", step, code, message, cancellationToken, about);
    }

    /// <summary>A step that could not go on.</summary>
    public Task FailAsync(string step, string code, string message, CancellationToken cancellationToken)
    {
        log.Error($"{code}: {message}");
        return AddAsync("error", step, code, message, cancellationToken);
    }

    /// <summary>Worth knowing, such as a long wait.</summary>
    public Task InformAsync(string step, string code, string message, CancellationToken cancellationToken)
    {
        log.Info($"{code}: {message}");
        return AddAsync("info", step, code, message, cancellationToken);
    }

    /// <summary>Sends what is waiting, in order, for a few seconds at most.</summary>
    public async Task SendWaitingAsync(CancellationToken cancellationToken)
    {
        if (!await sending.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return;
        }

        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (journal.Current.Unsent is [var next, ..] && backend.CanProve)
            {
                await SendAsync(next, either.Token);
                journal.Update(current => current with { Unsent = [.. current.Unsent.Where(report => report != next)] });
            }
        }
        catch (Exception exception) when (exception is BackendException or SystemUnknownException or OperationCanceledException)
        {
            log.Info($"A report waits for the service ({(exception as BackendException)?.Problem.Code ?? "not yet possible"}).");
        }
        finally
        {
            sending.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => sending.Dispose();

    private async Task SendAsync(UnsentReport report, CancellationToken cancellationToken)
    {
        try
        {
            await backend.ReportAsync(new ReportRequest(null, report.Level, report.Step, report.Code, report.Message), cancellationToken);
        }
        catch (BackendException exception) when (IsForGood(exception.Problem))
        {
            log.Warning($"The service does not take the report {report.Code}: {exception.Problem.Detail}");
        }
    }

    // Such a report would keep all later ones from being sent.
    private static bool IsForGood(BackendProblem problem) => !problem.IsTransient && problem.Code is not (
        ProblemCodes.TokenInvalid or ProblemCodes.ProofMissing or ProblemCodes.ProofStale or ProblemCodes.ProofReplayed or ProblemCodes.ProofInvalid);

    private Task AddAsync(
        string level, string step, string code, string message, CancellationToken cancellationToken, string? about = null)
    {
        (step, code) = (WireText.Code(step), WireText.Code(code));
        var key = about is null ? $"{step}/{code}" : $"{step}/{code}/{about}";
        if (journal.Current.Reported.Contains(key))
        {
            return Task.CompletedTask;
        }

        journal.Update(current => current with
        {
            Reported = [.. current.Reported, key],
            Unsent = [.. current.Unsent, new UnsentReport(level, step, code, WireText.Line(message, LongestMessage))],
        });
        return SendWaitingAsync(cancellationToken);
    }
}
