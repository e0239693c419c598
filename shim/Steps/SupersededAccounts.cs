using Prestage.Shim.Running;
using Prestage.Shim.State;

namespace Prestage.Shim.Steps;

/// <summary>Accounts that this program created for people whom another person has superseded on this Mac.</summary>
internal static class SupersededAccounts
{
    /// <summary>The journal with that person's account, and with an account that was created for another one as superseded.</summary>
    public static Journal Supersede(this Journal journal, string username)
    {
        var superseded = journal.CreatedAccount is { } earlier && earlier != username
            ? [.. journal.Superseded.Where(account => account.Name != earlier), new SupersededAccount(earlier, Settled: false)]
            : journal.Superseded;

        // Whoever comes back finds their account as ours, not as a stranger's.
        var own = journal.CreatedAccount == username || superseded.Any(account => account.Name == username);
        return journal with { CreatedAccount = own ? username : null, Superseded = superseded };
    }

    /// <summary>
    /// Disables and hides these accounts, once each, and tells IT. Nothing is deleted: there may be files in the home. The account of a person who
    /// came back is enabled and shown.
    /// </summary>
    public static async Task SettleSupersededAsync(this StepContext context, string step, CancellationToken cancellationToken)
    {
        foreach (var (name, settled) in context.Journal.Current.Superseded)
        {
            if (name == context.Account.Username)
            {
                if (await RestoreAsync(context, name, cancellationToken))
                {
                    Change(context, name, _ => null);
                }
            }
            else if (!settled)
            {
                await RetireAsync(context, step, name, cancellationToken);
            }
        }
    }

    private static async Task<bool> RestoreAsync(StepContext context, string name, CancellationToken cancellationToken) =>
        await context.Mac.Accounts.ReadAsync(name, cancellationToken) is null
        || (await context.Mac.Accounts.SetEnabledAsync(name, enabled: true, cancellationToken) & await context.Mac.Accounts.ShowAsync(name, cancellationToken));

    private static async Task RetireAsync(StepContext context, string step, string name, CancellationToken cancellationToken)
    {
        var accounts = context.Mac.Accounts;
        if (await accounts.ReadAsync(name, cancellationToken) is null)
        {
            Change(context, name, _ => null);
            await WarnAsync("account-left-over:account-not-shown", ". macOS does not show it any more.");
            return;
        }

        if (await context.Mac.Admins.HasAsync(name, cancellationToken) is not false
            && !await context.Mac.Admins.RemainsWithoutAsync(name, promised: null, cancellationToken))
        {
            await WarnAsync("account-left-over:last-admin", ". Nobody else administers this Mac: it stays enabled.");
            return;
        }

        var disabled = await accounts.SetEnabledAsync(name, enabled: false, cancellationToken);
        var hidden = await accounts.HideAsync(name, cancellationToken);
        if (disabled && hidden)
        {
            Change(context, name, account => account with { Settled = true });
            await WarnAsync("account-disabled-superseded", ". It is disabled and hidden; its files are kept.");
            return;
        }

        await WarnAsync("account-left-over", $", and could not be {(disabled ? "hidden" : "disabled")}.");

        Task WarnAsync(string code, string rest) =>
            context.Reporter.WarnAsync(step, code, $"The account {name} was created for another person{rest}", cancellationToken, about: name);
    }

    private static void Change(StepContext context, string name, Func<SupersededAccount, SupersededAccount?> change) =>
        context.Journal.Update(journal => journal with
        {
            Superseded = [.. journal.Superseded.Select(account => account.Name == name ? change(account) : account).OfType<SupersededAccount>()],
        });
}
