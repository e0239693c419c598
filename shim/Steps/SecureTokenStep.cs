using Prestage.Shim.Languages;
using Prestage.Shim.Mac;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;

namespace Prestage.Shim.Steps;

/// <summary>
/// 8: the account's Secure Token, by an administrator's leave where IT put one on this Mac for that; else it says who will grant it:
/// macOS at the login, by the Bootstrap Token, or JumpCloud's service account.
/// </summary>
/// <param name="patience">How long a granted token may take to show; 20 s unless told.</param>
internal sealed class SecureTokenStep(TimeSpan? patience = null) : IStep
{
    private const int GrantTries = 2;
    private readonly TimeSpan patience = patience ?? TimeSpan.FromSeconds(20);

    public string Name => StepNames.SecureToken;

    public TimeSpan Deadline => TimeSpan.FromMinutes(20);

    public Phrase Sentence => Words.StepCreateAccount;

    public string SupportCode => "ps-08";

    public string Plan(ShimSettings settings) =>
        "read who holds a Secure Token, whether the Bootstrap Token is escrowed, and FileVault's state; grant the token if secure-token-admin is there, and delete that file";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var name = context.Account.Username;
        var plan = await context.Mac.Tokens.ReadPlanAsync(cancellationToken);
        context.Log.Info($"Secure Token: {plan.Describe()}");
        if (plan.FileVault == FileVaultState.Deferred)
        {
            await context.Reporter.WarnAsync(Name, "filevault-forced", "A profile turns FileVault on at the next log-out or login: that can ask before the hand-over.", cancellationToken);
        }

        if (await context.Mac.Tokens.IsEnabledAsync(name, cancellationToken))
        {
            Forget(context);
            return new StepOutcome.Done();
        }

        if (await GrantAndForgetAsync(context, name, cancellationToken))
        {
            await context.Reporter.InformAsync(Name, "secure-token-granted", $"{name} holds a Secure Token before the first login.", cancellationToken);
            return new StepOutcome.Done();
        }

        if (plan.FileVault == FileVaultState.On)
        {
            await context.Reporter.WarnAsync(
                Name, "filevault-before-token", $"FileVault is on, and {name} cannot unlock the disk after a restart before the first login.", cancellationToken);
        }

        if (plan.Escrowed is true)
        {
            return new StepOutcome.Left("secure-token-at-login");
        }

        if (plan.HasServiceAccount)
        {
            return new StepOutcome.Left("secure-token-by-agent");
        }

        await context.Reporter.WarnAsync(Name, "secure-token-unavailable", $"The login grants no Secure Token: {plan.Describe()}.", cancellationToken);
        return new StepOutcome.Left("secure-token-unavailable");
    }

    private async Task<bool> GrantAndForgetAsync(StepContext context, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await GrantAsync(context, name, cancellationToken);
        }
        finally
        {
            Forget(context);
        }
    }

    private async Task<bool> GrantAsync(StepContext context, string name, CancellationToken cancellationToken)
    {
        if (!context.Mac.TokenAdmin.Exists)
        {
            return false;
        }

        if (await context.Mac.TokenAdmin.ReadAsync(cancellationToken) is not { } admin)
        {
            await context.Reporter.WarnAsync(Name, "token-admin-refused", $"secure-token-admin was not used: it must be {TokenAdminFile.Rule}.", cancellationToken);
            return false;
        }

        if (await context.Mac.Admins.HasAsync(admin.Name, cancellationToken) is not true || !await context.Mac.Tokens.IsEnabledAsync(admin.Name, cancellationToken))
        {
            await context.Reporter.WarnAsync(Name, "token-admin-unable", $"{admin.Name} is no administrator with a Secure Token.", cancellationToken);
            return false;
        }

        if (context.Password is not { } password || await context.Mac.Accounts.ReadAsync(name, cancellationToken) is not { } account)
        {
            // A restart forgot the password, or the agent makes the account later: only the login is left.
            await context.Reporter.WarnAsync(Name, "secure-token-not-granted", "There is no account with a known password to grant it to.", cancellationToken);
            return false;
        }

        return await GrantAsync(context, account, password, admin, cancellationToken);
    }

    private async Task<bool> GrantAsync(StepContext context, LocalAccount account, Secret password, TokenAdmin admin, CancellationToken cancellationToken)
    {
        SecureTokenEvidence? last = null;
        for (var tried = 0; tried < GrantTries; tried++)
        {
            await context.Mac.Tokens.GrantAsync(account.Name, password, admin, cancellationToken);
            if (await Poll.UntilAsync(
                async token => (last = await context.Mac.Tokens.VerifyAsync(account, token)) is { Agrees: true, Holds: true }, patience, context.Time, cancellationToken))
            {
                await context.Mac.Tokens.UpdatePrebootAsync(cancellationToken);
                return true;
            }
        }

        await context.Reporter.WarnAsync(Name, "secure-token-not-granted", $"sysadminctl granted no Secure Token: {last!.Describe()}.", cancellationToken);
        return false;
    }

    // Both have done what they were there for, whatever came of it.
    private static void Forget(StepContext context)
    {
        context.Password = null;
        context.Mac.TokenAdmin.Delete();
    }
}
