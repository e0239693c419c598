using System.Text;
using Prestage.Shim.Backend;
using Prestage.Shim.Commands;
using Prestage.Shim.Languages;
using Prestage.Shim.Mac;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;
using Prestage.Shim.Ui;
using Prestage.Wire;

namespace Prestage.Shim.Steps;

/// <summary>6: the person's password, set in JumpCloud and kept in memory for the account. Skipped for a person who has one.</summary>
internal sealed class SetPasswordStep : IStep
{
    public string Name => StepNames.SetPassword;

    public TimeSpan Deadline => TimeSpan.FromHours(12);

    public Phrase Sentence => Words.StepSetPassword;

    public string SupportCode => "ps-06";

    public string Plan(ShimSettings settings) => "if a password is required: ask for it twice, POST /api/activate";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!context.Journal.Current.PasswordRequired)
        {
            return new StepOutcome.Left("has-password");
        }

        if (context.Journal.Current.IsBound)
        {
            return new StepOutcome.Left("already-bound");
        }

        var policy = context.Journal.Current.PasswordPolicy;
        var rules = PasswordRules.Of(policy);
        while (true)
        {
            var typed = await context.Ui.AskPasswordAsync(context.Account, rules, cancellationToken);
            rules = PasswordRules.Judge(policy, context.Account.Username, typed.Password);
            if (Objection(typed, rules) is { } objection)
            {
                context.Ui.Note(objection);
                await Pace.AskAgainAsync(context, cancellationToken);
                continue;
            }

            try
            {
                var answer = await context.PersistAsync(token => context.Backend.ActivateAsync(typed.Password, token), cancellationToken);
                context.Password = typed.Password;
                context.Journal.Update(journal => journal with { State = answer.State });
                return new StepOutcome.Done();
            }
            catch (BackendException exception) when (exception.Problem.Code is ProblemCodes.PasswordRejected or ProblemCodes.InvalidRequest)
            {
                SayWhy(context, exception.Problem);
                await Pace.AskAgainAsync(context, cancellationToken);
            }
            catch (BackendException exception) when (exception.Problem.Code == ProblemCodes.WrongState)
            {
                return await CatchUpAsync(context, cancellationToken);
            }
        }
    }

    private static Phrase? Objection(PasswordAnswer typed, IReadOnlyList<PasswordRule> rules)
    {
        var text = typed.Password.Reveal();
        return !typed.Password.FixedTimeEquals(typed.Again.Reveal()) ? Words.PasswordsDiffer
            : text.Length == 0 || text.Any(char.IsControl) ? Words.PasswordUntypeable
            : Encoding.UTF8.GetByteCount(text) > AccountPasswords.LongestBytes ? Words.PasswordTooLong(AccountPasswords.LongestBytes)
            : rules.Any(rule => rule.Met is false) ? Words.PasswordMissesRules
            : null;
    }

    private static void SayWhy(StepContext context, BackendProblem problem)
    {
        context.Ui.Note(Words.PasswordRefused);
        foreach (var violation in (problem.Violations ?? []).Where(violation => violation != "unknown"))
        {
            context.Ui.Note(PasswordRules.Describe(violation));
        }
    }

    // The journal was behind: the service knows a later state, in which the password cannot be set any more.
    private static async Task<StepOutcome> CatchUpAsync(StepContext context, CancellationToken cancellationToken)
    {
        var truth = await context.PersistAsync(context.Backend.EnrollmentAsync, cancellationToken);
        context.Journal.Update(journal => journal with { State = truth.State, Account = truth.Account });
        if (truth.State is EnrollmentState.Verified or EnrollmentState.Activated)
        {
            // Asked again it would refuse again: only an operator can change what JumpCloud has of the person.
            context.Ui.Note(Words.PasswordNotTaken);
            return new StepOutcome.Stop(ExitCode.Refused, "password-not-taken", "The service refuses to set the password in this state.");
        }

        return context.Journal.Current.IsBound ? new StepOutcome.Left("already-bound") : new StepOutcome.GoTo(StepNames.Identify);
    }
}
