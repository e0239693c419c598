using Prestage.Shim.Mac;
using Prestage.Shim.Running;

namespace Prestage.Shim.Steps;

/// <summary>The rights that the person's account was promised.</summary>
internal static class AccountRights
{
    private const string LastAdmin = "admin-not-set:last-admin";

    /// <summary>Makes the account an administrator or a standard user, and tells IT where it does not come to that.</summary>
    public static async Task SettleRightsAsync(this StepContext context, string step, CancellationToken cancellationToken)
    {
        var account = context.Account;
        switch (await context.Mac.Admins.SetAsync(account.Username, account.Admin, cancellationToken))
        {
            // Two steps settle the rights, and this stays as it is in between.
            case AdminRights.LastAdmin when !context.Journal.Current.Warnings.Contains(LastAdmin):
                await context.Reporter.WarnAsync(
                    step, LastAdmin, $"{account.Username} is the only administrator of this Mac, and stays one.", cancellationToken);
                break;
            case AdminRights.Otherwise:
                await context.Reporter.WarnAsync(step, "admin-not-set", $"The admin group does not have {account.Username} as wanted.", cancellationToken);
                break;
        }
    }
}
