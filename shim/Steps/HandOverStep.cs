using Prestage.Shim.Commands;
using Prestage.Shim.Languages;
using Prestage.Shim.Mac;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;

namespace Prestage.Shim.Steps;

/// <summary>10: hides the enrollment user, ends its automatic login, and gives the screen to the person's own login.</summary>
/// <param name="patience">How long each way out of the session is given; 20 s unless told.</param>
internal sealed class HandOverStep(TimeSpan? patience = null) : IStep
{
    // So often its patience the step tries all the ways anew.
    private const int Patiences = 12;
    private readonly TimeSpan patience = patience ?? TimeSpan.FromSeconds(20);

    public string Name => StepNames.HandOver;

    public TimeSpan Deadline => TimeSpan.FromMinutes(10);

    public Phrase Sentence => Words.StepHandOver;

    public string SupportCode => "ps-10";

    public string Plan(ShimSettings settings) => $"hide {settings.EnrollmentUser}, end its automatic login, log out whoever is at the screen";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var person = context.Account.Username;
        await HideAsync(context, person, cancellationToken);
        await context.SettleSupersededAsync(Name, cancellationToken);
        var begin = context.Time.GetTimestamp();
        while (true)
        {
            var user = await context.Mac.Session.ReadAsync(cancellationToken);
            if (user?.Name == person)
            {
                return new StepOutcome.Left("person-at-console");
            }

            if (user is not { IsPerson: true } || await LogOutAsync(context, user, cancellationToken))
            {
                return new StepOutcome.Done();
            }

            if (context.Time.GetElapsedTime(begin) > Patiences * patience)
            {
                return new StepOutcome.Stop(ExitCode.Unfinished, "session-not-ended", $"{user.Name} could not be logged out.");
            }

            context.Log.Info($"{user.Name} could not be logged out; trying again");
            await Task.Delay(patience / 2, context.Time, cancellationToken);
        }
    }

    private async Task HideAsync(StepContext context, string person, CancellationToken cancellationToken)
    {
        var enrollmentUser = context.Settings.EnrollmentUser;
        if (enrollmentUser == person
            || (await context.Mac.Accounts.ReadAsync(enrollmentUser, cancellationToken) is null && await context.Mac.Accounts.IsKnownAsync(enrollmentUser, cancellationToken) is not true))
        {
            return;
        }

        if (!await context.Mac.Accounts.HideAsync(enrollmentUser, cancellationToken))
        {
            await context.Reporter.WarnAsync(Name, "enrollment-user-visible", $"{enrollmentUser} could not be hidden.", cancellationToken);
        }

        if (!await context.Mac.AutoLogin.EndAsync(enrollmentUser, cancellationToken))
        {
            await context.Reporter.WarnAsync(Name, "auto-login-left", $"{enrollmentUser} may still be logged in automatically at each start.", cancellationToken);
        }
    }

    // From the way that asks to the ways that do not. A tool that refuses may have done it all the same, but is not waited for.
    private async Task<bool> LogOutAsync(StepContext context, ConsoleUser user, CancellationToken cancellationToken)
    {
        var session = context.Mac.Session;
        (string Name, Func<ConsoleUser, CancellationToken, Task<bool>> Try)[] ladder =
        [
            ("the logout event", session.AskToLogOutAsync),
            ("launchctl reboot logout", session.RebootToLoginAsync),
            ("launchctl bootout", session.BootOutAsync),
            ("the end of loginwindow", session.KillAsync),
        ];
        foreach (var rung in ladder)
        {
            var taken = await rung.Try(user, cancellationToken);
            if (await IsGoneAsync(taken ? patience : TimeSpan.Zero))
            {
                context.Log.Info($"{user.Name} was logged out by {rung.Name}");
                return true;
            }
        }

        return false;

        Task<bool> IsGoneAsync(TimeSpan limit) => Poll.UntilAsync(
            async token => (await session.ReadAsync(token))?.Name != user.Name && !await session.RunsAsync(user.Uid, "Finder", token),
            limit,
            context.Time,
            cancellationToken);
    }
}
