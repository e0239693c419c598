using Prestage.Shim.Languages;
using Prestage.Shim.Mac;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;

namespace Prestage.Shim.Steps;

/// <summary>11: the person's own login, and the Secure Token as three places see it.</summary>
/// <param name="patience">How long one try waits for the login; the deadline unless told.</param>
internal sealed class WaitForLoginStep(TimeSpan? patience = null) : IStep
{
    // macOS grants the token while the login runs, and diskutil is slow to show it.
    private static readonly TimeSpan TokenPatience = TimeSpan.FromSeconds(20);

    public string Name => StepNames.WaitForLogin;

    public TimeSpan Deadline => TimeSpan.FromHours(12);

    public Phrase Sentence => Words.StepWaitForLogin;

    public string SupportCode => "ps-11";

    public string Plan(ShimSettings settings) => "wait for the person's own login, verify the Secure Token by sysadminctl, diskutil and fdesetup";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var name = context.Account.Username;
        if (await Poll.ForAsync(token => ReadSessionAsync(context, token), patience ?? Deadline, context.Time, cancellationToken) is not { } session)
        {
            return new StepOutcome.Retry(TimeSpan.FromSeconds(2), $"{name} has not logged in");
        }

        if (session.Name != name)
        {
            // A restart logged it in again, or the hand-over could not see it: the person would wait for ever.
            return new StepOutcome.GoTo(StepNames.HandOver);
        }

        if (await context.Mac.Accounts.ReadAsync(name, cancellationToken) is not { } account)
        {
            return new StepOutcome.Retry(TimeSpan.FromSeconds(2), $"{name} is logged in and has no record");
        }

        if (session.Uid != account.Uid)
        {
            return new StepOutcome.Retry(TimeSpan.FromSeconds(2), $"The session at the screen is not of this {name}");
        }

        var evidence = await VerifyTokenAsync(context, account, cancellationToken);
        context.Journal.Update(journal => journal with { SecureToken = evidence.Holds });
        context.Log.Info($"Secure Token of {name}: {evidence.Describe()}");
        if (!evidence.Agrees)
        {
            await context.Reporter.WarnAsync(Name, "secure-token-disagreement", $"The places disagree: {evidence.Describe()}.", cancellationToken);
        }
        else if (!evidence.Holds)
        {
            await context.Reporter.WarnAsync(Name, "secure-token-missing", $"{name} logged in and holds no Secure Token.", cancellationToken);
        }

        return new StepOutcome.Done();
    }

    // The person's desktop, or the enrollment user's; anybody else may use the Mac meanwhile.
    private static async Task<ConsoleUser?> ReadSessionAsync(StepContext context, CancellationToken cancellationToken) =>
        await context.Mac.Session.ReadReadyAsync(cancellationToken) is { } user
        && (user.Name == context.Account.Username || user.Name == context.Settings.EnrollmentUser) ? user : null;

    private static async Task<SecureTokenEvidence> VerifyTokenAsync(StepContext context, LocalAccount account, CancellationToken cancellationToken)
    {
        var evidence = await context.Mac.Tokens.VerifyAsync(account, cancellationToken);
        if (evidence is { Agrees: true, Holds: true }
            || (evidence is { Agrees: true, Holds: false } && await context.Mac.Tokens.IsBootstrapTokenEscrowedAsync(cancellationToken) is false))
        {
            return evidence;
        }

        return await Poll.ForAsync(
            async token => (evidence = await context.Mac.Tokens.VerifyAsync(account, token)) is { Agrees: true, Holds: true } ? evidence : null,
            TokenPatience,
            context.Time,
            cancellationToken) ?? evidence;
    }
}
