using Prestage.Shim.Mac;
using Prestage.Shim.Settings;
using Prestage.Shim.State;

namespace Prestage.Shim.Doctor;

/// <summary>Predicts whether the enrollment user can go at the end: not as the last administrator, nor as the last holder of a Secure Token.</summary>
internal sealed class AccountChecks(MacSystem mac, Journal? journal)
{
    private const string User = "enrollment-user";
    private const string LastAdmin = "last-admin";
    private const string LastToken = "last-token";

    public async Task<IReadOnlyList<Finding>> CheckAsync(ShimSettings settings, CancellationToken cancel)
    {
        var name = settings.EnrollmentUser;
        try
        {
            return await mac.Accounts.ReadAsync(name, cancel) is not { } user
                ? [Finding.Warning(User, $"There is no local user {name}.", "Let the MDM make it, or set enrollmentUser to the name of the one that it makes.")]
                : !settings.DeleteEnrollmentUser
                ? [Finding.Ok(User, $"{name} stays by setting.")]
                : [Finding.Ok(User, $"{name} is there."), await AdminAsync(user, cancel), await TokenAsync(user, cancel)];
        }
        catch (DirectoryUnreadableException unreadable)
        {
            return [Finding.Failed(User, unreadable.Message, "Restart the Mac.")];
        }
    }

    private async Task<Finding> AdminAsync(LocalAccount user, CancellationToken cancel) =>
        await mac.Admins.HasAsync(user.Name, cancel) == false ? Finding.Ok(LastAdmin, $"{user.Name} is no administrator.")
            : await mac.Admins.HasAnotherAsync(user.Name, cancel) ? Finding.Ok(LastAdmin, "Another administrator remains.")
            : journal?.Account?.Admin == true ? Finding.Ok(LastAdmin, $"{journal.Account.Username} becomes an administrator.")
            : Finding.Warning(
                LastAdmin,
                $"{user.Name} would be the last administrator, unless the person becomes one: it stays, hidden.",
                "Let the MDM make a managed administrator, or set Account__Admin in the service, or give the person sudo in JumpCloud.");

    private async Task<Finding> TokenAsync(LocalAccount user, CancellationToken cancel) =>
        (await mac.Tokens.ReadCryptoUsersAsync(cancel)).Any(id => !string.Equals(id, user.GeneratedUid, StringComparison.OrdinalIgnoreCase))
            ? Finding.Ok(LastToken, "Another person holds a Secure Token.")
            : await mac.Tokens.IsBootstrapTokenEscrowedAsync(cancel) is true
            ? Finding.Ok(LastToken, "The Bootstrap Token gives the person a Secure Token.")
            : Finding.Warning(
                LastToken,
                $"{user.Name} would be the last holder of a Secure Token: it stays, hidden.",
                "Get the Bootstrap Token escrowed before the person logs in (see bootstrap-token).");
}
