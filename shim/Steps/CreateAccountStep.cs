using Prestage.Shim.Commands;
using Prestage.Shim.Languages;
using Prestage.Shim.Mac;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;
using Prestage.Wire;

namespace Prestage.Shim.Steps;

/// <summary>
/// 7: the person's local account with the same name and password, before the binding, so that the agent takes it over and the person
/// need not wait for it. An account that was there before us is the agent's to take over.
/// </summary>
internal sealed class CreateAccountStep : IStep
{
    private const int CreateTries = 2;
    private const int HomeTries = 2;
    private static readonly TimeSpan DirectoryLag = TimeSpan.FromSeconds(3);

    public string Name => StepNames.CreateAccount;

    public TimeSpan Deadline => TimeSpan.FromMinutes(10);

    public Phrase Sentence => Words.StepCreateAccount;

    public string SupportCode => "ps-07";

    public string Plan(ShimSettings settings) => "if a password was set: create the local account, its home and its admin membership, and read all of it back";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!context.Journal.Current.PasswordRequired || context.Settings.Account == AccountMaker.Agent)
        {
            return new StepOutcome.Left("made-by-agent");
        }

        if (context.Password is not { } password)
        {
            return context.Journal.Current.IsBound ? new StepOutcome.Left("made-by-agent") : new StepOutcome.GoTo(StepNames.SetPassword);
        }

        var wanted = context.Account;
        var account = await context.Mac.Accounts.ReadAsync(wanted.Username, cancellationToken);
        if (account is not null && context.Journal.Current.CreatedAccount != wanted.Username)
        {
            return await YieldAsync(context, account, password, cancellationToken);
        }

        for (var tried = 0; account is null && tried < CreateTries; tried++)
        {
            // Written first: a crash after the call must not make our own account look like a stranger's.
            context.Journal.Update(journal => journal with { CreatedAccount = wanted.Username });
            var said = await CreateAsync(context, wanted, password, cancellationToken);
            if (PasswordPolicyRefusal.IsIn(said))
            {
                await DisownAsync(context, wanted.Username, cancellationToken);
                await context.Reporter.WarnAsync(Name, "local-password-policy", "The Mac's own password policy refused the password.", cancellationToken);
                context.Ui.Note(Words.PasswordRefusedByMac);
                return new StepOutcome.GoTo(StepNames.SetPassword);
            }

            account = await Poll.ForAsync(token => context.Mac.Accounts.ReadAsync(wanted.Username, token), DirectoryLag, context.Time, cancellationToken);
        }

        if (account is null)
        {
            await DisownAsync(context, wanted.Username, cancellationToken);
            await context.Reporter.WarnAsync(Name, "account-not-created", "sysadminctl made no record; the agent will create the account.", cancellationToken);
            context.Password = null;
            return new StepOutcome.Left("made-by-agent");
        }

        return await FinishAsync(context, account, password, cancellationToken);
    }

    private async Task<string> CreateAsync(StepContext context, Account wanted, Secret password, CancellationToken cancellationToken)
    {
        var fullName = wanted.FullName;
        if (await context.Mac.Accounts.IsFullNameTakenAsync(fullName, wanted.Username, cancellationToken))
        {
            await context.Reporter.WarnAsync(Name, "full-name-taken", $"Another account has the full name; {wanted.Username} has the user name behind it.", cancellationToken);
            fullName = $"{fullName} ({wanted.Username})";
        }

        var picture = context.Settings.AccountPicture;
        if (picture is not null && !File.Exists(context.Mac.Paths.Of(picture)))
        {
            await context.Reporter.WarnAsync(Name, "picture-missing", $"There is no {picture}; macOS chooses a picture.", cancellationToken);
            picture = null;
        }

        return await context.Mac.Accounts.CreateAsync(wanted.Username, fullName, wanted.Admin, picture, password, cancellationToken);
    }

    // Somebody made it before us: the agent takes it over at the binding, with the directory's password.
    private async Task<StepOutcome> YieldAsync(StepContext context, LocalAccount account, Secret password, CancellationToken cancellationToken)
    {
        if (!account.IsEnabled)
        {
            return new StepOutcome.Stop(ExitCode.Refused, "account-disabled", $"The account {account.Name} was there before, and is disabled: enable or delete it.");
        }

        await context.Reporter.WarnAsync(Name, "account-existed", $"The account {account.Name} was there before; the agent takes it over.", cancellationToken);
        if (await context.Mac.Passwords.VerifyAsync(account.Name, password, cancellationToken) is not true)
        {
            context.Password = null;
            if (await context.Mac.Tokens.IsEnabledAsync(account.Name, cancellationToken))
            {
                await context.Reporter.WarnAsync(
                    Name, "old-password-unlocks", $"{account.Name} holds a Secure Token: FileVault may ask for the password that the account had before.", cancellationToken);
            }
        }

        return new StepOutcome.Left("account-existed");
    }

    // What was asked for and is not there is not ours: whoever makes an account of that name later is a stranger.
    private static async Task DisownAsync(StepContext context, string name, CancellationToken cancellationToken)
    {
        if (await context.Mac.Accounts.ReadAsync(name, cancellationToken) is null)
        {
            context.Journal.Update(journal => journal with { CreatedAccount = null });
        }
    }

    private async Task<StepOutcome> FinishAsync(StepContext context, LocalAccount account, Secret password, CancellationToken cancellationToken)
    {
        var accounts = context.Mac.Accounts;
        for (var tried = 0; !accounts.HasHome(account) && tried < HomeTries; tried++)
        {
            await accounts.CreateHomeAsync(account.Name, cancellationToken);
        }

        if (!accounts.HasHome(account))
        {
            await context.Reporter.WarnAsync(Name, "home-missing", $"createhomedir made no {account.Home}; macOS makes it at the login.", cancellationToken);
        }
        else if (await accounts.ReadHomeOwnerAsync(account, cancellationToken) is { } owner && owner != account.HomeOwner)
        {
            // Whose files those are is for IT to say: nobody else's become the person's in passing.
            await context.Reporter.WarnAsync(
                Name, "home-of-another", $"{account.Home} was there before: it belongs to {owner} (uid and gid), and should to {account.HomeOwner}.", cancellationToken);
        }

        await context.SettleRightsAsync(Name, cancellationToken);
        return await SettlePasswordAsync(context, account, password, cancellationToken);
    }

    private async Task<StepOutcome> SettlePasswordAsync(StepContext context, LocalAccount account, Secret password, CancellationToken cancellationToken)
    {
        if (await context.Mac.Passwords.VerifyAsync(account.Name, password, cancellationToken) is true)
        {
            return new StepOutcome.Done();
        }

        // A reset without the old password would leave a token holder with another password before the boot.
        if (await context.Mac.Tokens.IsEnabledAsync(account.Name, cancellationToken))
        {
            await context.Reporter.WarnAsync(Name, "local-password-differs", "The account holds a Secure Token and another password; the agent will set it.", cancellationToken);
            return new StepOutcome.Left("password-by-agent");
        }

        await context.Mac.Passwords.ResetAsync(account.Name, password, cancellationToken);
        return await context.Mac.Passwords.VerifyAsync(account.Name, password, cancellationToken) is true
            ? new StepOutcome.Done()
            : new StepOutcome.Stop(ExitCode.Unfinished, "local-password", "The account's password could not be verified.");
    }
}
