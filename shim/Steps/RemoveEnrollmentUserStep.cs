using Prestage.Shim.Languages;
using Prestage.Shim.Mac;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;

namespace Prestage.Shim.Steps;

/// <summary>
/// 13: deletes the enrollment user, only where nobody is locked out by it: the enrollment is completed, the person is logged in with a
/// verified Secure Token, another administrator remains, macOS permits it, and nothing of that user runs. Otherwise it stays, hidden, and IT is told why.
/// </summary>
internal sealed class RemoveEnrollmentUserStep : IStep
{
    private const int DeleteTries = 2;
    private const int ReasonTries = 3;
    private static readonly TimeSpan ReasonPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ProcessesEnd = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DirectoryLag = TimeSpan.FromSeconds(10);

    public string Name => StepNames.RemoveEnrollmentUser;

    public TimeSpan Deadline => TimeSpan.FromMinutes(10);

    public Phrase Sentence => Words.StepFinish;

    public string SupportCode => "ps-13";

    public string Plan(ShimSettings settings) => settings.DeleteEnrollmentUser
        ? $"delete {settings.EnrollmentUser} if the person is logged in with a Secure Token and another administrator remains"
        : $"keep {settings.EnrollmentUser}, hidden";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var name = context.Settings.EnrollmentUser;
        var accounts = context.Mac.Accounts;
        LocalAccount? user = null;
        if (!await Poll.UntilAsync(
            async token => (user = await accounts.ReadAsync(name, token)) is not null || await accounts.IsKnownAsync(name, token) is false,
            DirectoryLag,
            context.Time,
            cancellationToken))
        {
            return await LeaveAsync(context, "enrollment-user-kept:record-unreadable", cancellationToken);
        }

        if (user is null)
        {
            return new StepOutcome.Left("no-enrollment-user");
        }

        // A tool's one wrong answer must not keep it for ever; where it has to stay, the person does not wait for that.
        var reason = await ReasonToKeepAsync(context, user, cancellationToken);
        for (var tried = 1; reason is not (null or "by-setting" or "is-the-person" or "not-completed" or "processes-run") && tried < ReasonTries; tried++)
        {
            await Task.Delay(ReasonPause, context.Time, cancellationToken);
            reason = await ReasonToKeepAsync(context, user, cancellationToken);
        }

        var left = reason is not null ? $"enrollment-user-kept:{reason}" : await DeleteAsync(context, user, cancellationToken);
        return left is null ? new StepOutcome.Done() : await LeaveAsync(context, left, cancellationToken);
    }

    private async Task<StepOutcome> LeaveAsync(StepContext context, string left, CancellationToken cancellationToken)
    {
        if (context.Settings.DeleteEnrollmentUser)
        {
            await context.Reporter.WarnAsync(
                Name, left, $"{context.Settings.EnrollmentUser} is not wholly gone from this Mac; what is left of it is hidden.", cancellationToken);
        }

        return new StepOutcome.Left(left);
    }

    private static async Task<string?> ReasonToKeepAsync(StepContext context, LocalAccount user, CancellationToken cancellationToken)
    {
        var journal = context.Journal.Current;
        var session = context.Mac.Session;
        var person = context.Account.Username;
        return !context.Settings.DeleteEnrollmentUser ? "by-setting"
            : user.Name == person ? "is-the-person"
            : journal.State != EnrollmentState.Completed ? "not-completed"
            : journal.SecureToken is not true ? "no-secure-token"
            : (await session.ReadReadyAsync(cancellationToken))?.Name != person ? "person-not-logged-in"
            : !(await context.Mac.Tokens.ReadPlanAsync(cancellationToken)).Holders.Contains(person) ? "no-secure-token"
            : !await context.Mac.Admins.RemainsWithoutAsync(user.Name, promised: null, cancellationToken) ? "last-admin"
            : !context.Mac.Accounts.MayDelete() ? "not-permitted"
            : !await Poll.UntilAsync(async token => !await session.RunsAnythingAsync(user.Uid, token), ProcessesEnd, context.Time, cancellationToken) ? "processes-run"
            : null;
    }

    // Null: record, home and crypto user are gone, each read back.
    private static async Task<string?> DeleteAsync(StepContext context, LocalAccount user, CancellationToken cancellationToken)
    {
        var accounts = context.Mac.Accounts;
        for (var tried = 1; ; tried++)
        {
            var said = await accounts.DeleteAsync(user.Name, cancellationToken);
            string? left = null;
            await Poll.UntilAsync(async token => (left = await FindLeftOverAsync(token)) is null, DirectoryLag, context.Time, cancellationToken);
            if (left != "record")
            {
                return left is null ? null : $"enrollment-user-left-over:{left}";
            }

            // -14120: without the privacy grant macOS removes the home and keeps the record.
            var refusal = said.Contains("-14120", StringComparison.Ordinal) ? "not-permitted"
                : said.Contains("can not be deleted", StringComparison.Ordinal) ? "last-admin-or-token"
                : null;
            if (refusal is not null || tried == DeleteTries)
            {
                return $"enrollment-user-kept:{refusal ?? "deletion-unverified"}";
            }

            // Much can have happened since the first try.
            if (await ReasonToKeepAsync(context, user, cancellationToken) is { } reason)
            {
                return $"enrollment-user-kept:{reason}";
            }
        }

        async Task<string?> FindLeftOverAsync(CancellationToken token) =>
            await accounts.IsKnownAsync(user.Name, token) is not false ? "record"
                : accounts.HasHome(user) ? "home"
                : user.GeneratedUid is { } id && await context.Mac.Tokens.IsCryptoUserAsync(id, token) is not false ? "crypto-user"
                : null;
    }
}
