using Prestage.Shim.Backend;
using Prestage.Shim.Commands;
using Prestage.Shim.Languages;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;
using Prestage.Wire;

namespace Prestage.Shim.Steps;

/// <summary>12: tells the service that the Mac is done, and waits until the service is too.</summary>
internal sealed class CompleteStep : IStep
{
    public string Name => StepNames.Complete;

    public TimeSpan Deadline => TimeSpan.FromMinutes(60);

    public Phrase Sentence => Words.StepFinish;

    public string SupportCode => "ps-12";

    public string Plan(ShimSettings settings) => "POST /api/complete, GET /api/enrollment until it is completed";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(context, cancellationToken);
            var end = await Poll.ForAsync(token => ReadEndAsync(context, token), Deadline, context.Time, cancellationToken);
            return end?.State switch
            {
                EnrollmentState.Completed => await AcceptAsync(context, end, cancellationToken),
                EnrollmentState.Failed => new StepOutcome.Stop(ExitCode.Failed, "enrollment-failed", "The service could not finish this enrollment."),
                _ => new StepOutcome.Stop(ExitCode.Refused, "enrollment-ended", $"The enrollment ended as {end?.State}."),
            };
        }
        catch (EnrollmentGoneException) when (context.Journal.Current.CompleteSent)
        {
            // The token died while the service finished: how it ended cannot be read any more, and no person need answer again for it.
            await context.Reporter.WarnAsync(Name, "completion-unknown", "The service no longer shows this Mac's enrollment.", cancellationToken);
            return new StepOutcome.Left("completion-unknown");
        }
    }

    private static async Task SendAsync(StepContext context, CancellationToken cancellationToken)
    {
        var journal = context.Journal.Current;
        var account = await context.Mac.Accounts.ReadAsync(context.Account.Username, cancellationToken);
        var done = new CompleteRequest(
            account is not null,
            journal.SecureToken ?? false,
            [.. journal.Seconds.Select(step => new StepDuration(step.Key, step.Value))]);

        // Written first: the answer can be lost, and the token dies with the end that the call leads to.
        context.Journal.Update(current => current with { CompleteSent = true });
        var mayHaveArrived = journal.CompleteSent;
        try
        {
            var answer = await context.PersistAsync(TryAsync, cancellationToken);
            context.Journal.Update(current => current with { State = answer.State });
        }
        catch (Exception exception) when (!mayHaveArrived && exception is (BackendException or EnrollmentGoneException))
        {
            context.Journal.Update(current => current with { CompleteSent = false });
            throw;
        }

        async Task<CompleteResponse> TryAsync(CancellationToken token)
        {
            try
            {
                return await context.Backend.CompleteAsync(done, token);
            }
            catch (BackendException exception) when (exception.Problem.IsTransient)
            {
                mayHaveArrived = true;
                throw;
            }
        }
    }

    private static async Task<EnrollmentResponse?> ReadEndAsync(StepContext context, CancellationToken cancellationToken)
    {
        var truth = await context.PersistAsync(context.Backend.EnrollmentAsync, cancellationToken);
        return truth.Next == NextStep.None || truth.State is EnrollmentState.Completed or EnrollmentState.Failed ? truth : null;
    }

    private static async Task<StepOutcome> AcceptAsync(StepContext context, EnrollmentResponse end, CancellationToken cancellationToken)
    {
        context.Journal.Update(journal => journal with
        {
            State = end.State,
            Warnings = [.. journal.Warnings.Union(end.Warnings)],
        });
        await context.Reporter.SendWaitingAsync(cancellationToken);
        return new StepOutcome.Done();
    }
}
