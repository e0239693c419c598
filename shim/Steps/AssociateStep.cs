using Prestage.Shim.Backend;
using Prestage.Shim.Commands;
using Prestage.Shim.Languages;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;
using Prestage.Wire;

namespace Prestage.Shim.Steps;

/// <summary>9: binds the person to the Mac, and waits by what is on the Mac until the account is there.</summary>
internal sealed class AssociateStep : IStep
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan AccountPatience = TimeSpan.FromMinutes(25);

    public string Name => StepNames.Associate;

    public TimeSpan Deadline => TimeSpan.FromMinutes(30);

    public Phrase Sentence => Words.StepAssociate;

    public string SupportCode => "ps-09";

    public string Plan(ShimSettings settings) => "POST /api/associate, wait for account, home and admin membership, restart a silent agent once";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Journal.Current.State is not (EnrollmentState.Associated or EnrollmentState.Finishing or EnrollmentState.Completed)
            && await BindAsync(context, cancellationToken) is { } other)
        {
            return other;
        }

        if (!await HoldsWithinAsync(IsSettledAsync, Silence))
        {
            await context.Reporter.WarnAsync(Name, "agent-restarted", "The account did not appear in time; the agent was restarted.", cancellationToken);
            await context.Mac.Agent.RestartAsync(cancellationToken);
            if (!await HoldsWithinAsync(HasAccountAsync, AccountPatience))
            {
                return new StepOutcome.Stop(ExitCode.Unfinished, "account-missing", $"The agent did not bring the account {context.Account.Username}.");
            }

            await HoldsWithinAsync(IsSettledAsync, Silence);
        }

        // The agent may have taken the account over and left its rights as they were: no Mac waits for ever for that.
        await context.SettleRightsAsync(Name, cancellationToken);
        return new StepOutcome.Done();

        Task<bool> HoldsWithinAsync(Func<StepContext, CancellationToken, Task<bool>> holds, TimeSpan limit) =>
            Poll.UntilAsync(token => holds(context, token), limit, context.Time, cancellationToken);
    }

    private static async Task<StepOutcome?> BindAsync(StepContext context, CancellationToken cancellationToken)
    {
        try
        {
            var bound = await context.PersistAsync(context.Backend.AssociateAsync, cancellationToken);
            context.Journal.Update(journal => journal with { State = bound.State, Account = bound.Account });
            return null;
        }
        catch (BackendException exception) when (exception.Problem.Code == ProblemCodes.WrongState)
        {
            return await FollowAsync(context, cancellationToken);
        }
        catch (BackendException exception) when (exception.Problem.Code is ProblemCodes.AlreadyEnrolled or ProblemCodes.DeviceNotEligible)
        {
            return new StepOutcome.Stop(ExitCode.Refused, exception.Problem.Code, exception.Problem.Detail);
        }
    }

    // Null: the binding is there already.
    private static async Task<StepOutcome?> FollowAsync(StepContext context, CancellationToken cancellationToken)
    {
        var truth = await context.PersistAsync(context.Backend.EnrollmentAsync, cancellationToken);
        context.Journal.Update(journal => journal with { State = truth.State, Account = truth.Account });
        return truth.Next switch
        {
            NextStep.Activate => new StepOutcome.GoTo(StepNames.SetPassword),
            NextStep.Associate => new StepOutcome.Retry(TimeSpan.FromSeconds(2), "The binding is not there yet"),
            NextStep.Complete or NextStep.Wait => null,
            _ => truth.State == EnrollmentState.Completed ? null
                : truth.State == EnrollmentState.Failed ? new StepOutcome.Stop(ExitCode.Failed, "enrollment-failed", "The service gave this enrollment up.")
                : new StepOutcome.GoTo(StepNames.Identify),
        };
    }

    // macOS makes another's home at the first login.
    private static async Task<bool> HasAccountAsync(StepContext context, CancellationToken cancellationToken) =>
        await context.Mac.Accounts.ReadAsync(context.Account.Username, cancellationToken) is { } account
        && (context.Journal.Current.CreatedAccount != account.Name || context.Mac.Accounts.HasHome(account));

    // Nothing changes any more where the person has to stay an administrator: neither waiting nor another start of the agent helps.
    private static async Task<bool> IsSettledAsync(StepContext context, CancellationToken cancellationToken) =>
        await HasAccountAsync(context, cancellationToken)
        && await context.Mac.Admins.IsSettledAsync(context.Account.Username, context.Account.Admin, cancellationToken);
}
