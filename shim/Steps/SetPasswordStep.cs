using System.Text;
using Prestage.Shim.Backend;
using Prestage.Shim.Commands;
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

    public string Sentence => "Setting your password.";

    public string SupportCode => "ps-06";

    public string Plan(ShimSettings settings) => "if a password is required: ask for it twice, POST /api/activate";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancel)
    {
        if (!context.Journal.Current.PasswordRequired)
        {
            return new StepOutcome.Left("has-password");
        }

        if (context.Journal.Current.IsBound)
        {
            return new StepOutcome.Left("already-bound");
        }

        while (true)
        {
            var typed = await context.Ui.AskPasswordAsync(context.Account, context.Journal.Current.PasswordPolicy, cancel);
            if (Objection(typed) is { } objection)
            {
                context.Ui.Say(objection);
                continue;
            }

            try
            {
                var answer = await context.PersistAsync(token => context.Backend.ActivateAsync(typed.Password, token), cancel);
                context.Password = typed.Password;
                context.Journal.Update(journal => journal with { State = answer.State });
                return new StepOutcome.Done();
            }
            catch (BackendException refused) when (refused.Problem.Code is ProblemCodes.PasswordRejected or ProblemCodes.InvalidRequest)
            {
                SayWhy(context, refused.Problem);
            }
            catch (BackendException refused) when (refused.Problem.Code == ProblemCodes.WrongState)
            {
                return await CatchUpAsync(context, cancel);
            }
        }
    }

    private static string? Objection(PasswordAnswer typed)
    {
        var text = typed.Password.Reveal();
        return !typed.Password.FixedTimeEquals(typed.Again.Reveal()) ? "The two passwords are not the same. Please type them again."
            : text.Length == 0 || text.Any(char.IsControl) ? "The password is empty or has characters that cannot be typed at the login."
            : Encoding.UTF8.GetByteCount(text) > AccountPasswords.LongestBytes ? "The password is too long: at most 127 characters, fewer with accents."
            : null;
    }

    private static void SayWhy(StepContext context, BackendProblem problem)
    {
        context.Ui.Say("This password cannot be used. Please choose another one.");
        string[] named = [.. (problem.Violations ?? []).Where(violation => violation != "unknown")];
        if (named.Length == 0 && context.Journal.Current.PasswordPolicy is { } policy)
        {
            context.Ui.Say(PolicyText.Describe(policy));
        }

        foreach (var violation in named)
        {
            context.Ui.Say(PolicyText.DescribeViolation(violation));
        }
    }

    // The journal was behind: the service knows a later state, in which the password cannot be set any more.
    private static async Task<StepOutcome> CatchUpAsync(StepContext context, CancellationToken cancel)
    {
        var truth = await context.PersistAsync(context.Backend.EnrollmentAsync, cancel);
        context.Journal.Update(journal => journal with { State = truth.State, Account = truth.Account });
        if (truth.State is EnrollmentState.Verified or EnrollmentState.Activated)
        {
            // Asked again it would refuse again: only an operator can change what JumpCloud has of the person.
            context.Ui.Say("JumpCloud does not take a password for you. Please ask IT.");
            return new StepOutcome.Stop(ExitCode.Refused, "password-not-taken", "The service refuses to set the password in this state.");
        }

        return context.Journal.Current.IsBound ? new StepOutcome.Left("already-bound") : new StepOutcome.GoTo(StepNames.Identify);
    }
}
