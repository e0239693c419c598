using Prestage.Shim.Backend;
using Prestage.Shim.Commands;
using Prestage.Shim.Languages;
using Prestage.Shim.Mac;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;
using Prestage.Shim.Ui;
using Prestage.Wire;

namespace Prestage.Shim.Steps;

/// <summary>5: who is it? Asked until the service says yes, or says that this Mac cannot be enrolled.</summary>
internal sealed class IdentifyStep : IStep
{
    // JumpCloud can know a new system some seconds later than the system knows itself.
    private const int ProofTries = 5;
    private static readonly TimeSpan ProofPause = TimeSpan.FromSeconds(2);

    public string Name => StepNames.Identify;

    public TimeSpan Deadline => TimeSpan.FromHours(12);

    public Phrase Sentence => Words.StepIdentify;

    public string SupportCode => "ps-05";

    public string Plan(ShimSettings settings) =>
        $"ask who it is{(settings.AskSecret ? " and for the code" : string.Empty)}, POST /api/verify";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        // What waits concerns the enrollment before: it must not reach the history of the next one.
        await context.Reporter.SendWaitingAsync(cancellationToken);
        while (true)
        {
            var answer = await context.Ui.AskIdentityAsync(context.Settings.AskSecret, cancellationToken);
            try
            {
                return await AcceptAsync(context, await VerifyAsync(context, answer, cancellationToken), cancellationToken);
            }
            catch (BackendException exception)
            {
                if (await RefusalAsync(context, exception.Problem, cancellationToken) is { } stop)
                {
                    return stop;
                }

                await Pace.AskAgainAsync(context, cancellationToken);
            }
        }
    }

    private static async Task<VerifyResponse> VerifyAsync(StepContext context, IdentityAnswer answer, CancellationToken cancellationToken)
    {
        var who = new VerifyRequest(null, context.SerialNumber, answer.Identifier, answer.Secret, context.OsVersion, ProgramVersion.Text);
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await context.PersistAsync(token => context.Backend.VerifyAsync(who, token), cancellationToken);
            }
            catch (BackendException exception) when (exception.Problem.Code == ProblemCodes.ProofInvalid && tried < ProofTries)
            {
                await Task.Delay(ProofPause, context.Time, cancellationToken);
            }
        }
    }

    private async Task<StepOutcome> AcceptAsync(StepContext context, VerifyResponse verified, CancellationToken cancellationToken)
    {
        if (await ObjectionAsync(context, verified.Account.Username, cancellationToken) is { } objection)
        {
            return new StepOutcome.Stop(ExitCode.Refused, "username-unusable", objection);
        }

        context.Password = null;
        context.Journal.Update(journal => journal.Of(verified.EnrollmentId).Supersede(verified.Account.Username) with
        {
            Account = verified.Account,
            PasswordRequired = verified.PasswordRequired,
            PasswordPolicy = verified.PasswordPolicy,
            State = verified.State,
            CompleteSent = false,
        });
        await context.SettleSupersededAsync(Name, cancellationToken);
        context.Ui.Note(Words.Hello(verified.Account.FullName));
        return new StepOutcome.Done();
    }

    private static async Task<string?> ObjectionAsync(StepContext context, string name, CancellationToken cancellationToken) =>
        !AccountName.IsUsable(name) ? $"The account's name must be {AccountName.Rule}."
            : name == context.Settings.EnrollmentUser ? $"{name} is the enrollment user's own name."
            : await context.Mac.Accounts.ReadAsync(name, cancellationToken) is { IsOfSystem: true } ? $"{name} is a system account of this Mac."
            : null;

    // Null: ask again.
    private static async Task<StepOutcome?> RefusalAsync(StepContext context, BackendProblem problem, CancellationToken cancellationToken)
    {
        switch (problem.Code)
        {
            case ProblemCodes.NotVerified:
                context.Ui.Note(problem.AttemptsLeft is { } left ? Words.NoMatchTriesLeft(left) : Words.NoMatch);
                return null;
            case ProblemCodes.InvalidRequest:
                context.Log.Info($"{problem.Code}: {problem.Detail}");
                context.Ui.Note(Words.AnswerUnusable);
                return null;
            case ProblemCodes.Locked:
                var pause = problem.RetryAfter ?? TimeSpan.FromMinutes(1);
                await context.Ui.SayAsync(Words.Locked((int)Math.Ceiling(pause.TotalMinutes)), cancellationToken);
                await Task.Delay(pause, context.Time, cancellationToken);
                return null;
            case ProblemCodes.DeviceNotEligible:
            case ProblemCodes.AlreadyEnrolled:
                context.Ui.Note(Words.MacRefused);
                return new StepOutcome.Stop(ExitCode.Refused, problem.Code, problem.Detail);
            default:
                return new StepOutcome.Stop(ExitCode.Unfinished, problem.Code, problem.Detail);
        }
    }
}
