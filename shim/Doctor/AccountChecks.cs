using Prestage.Shim.Mac;
using Prestage.Shim.Settings;
using Prestage.Shim.State;

namespace Prestage.Shim.Doctor;

/// <summary>Predicts whether the enrollment user can go at the end: not as the last administrator, nor before the person holds a Secure Token.</summary>
internal sealed class AccountChecks(MacSystem mac, Journal? journal)
{
    private const string User = "enrollment-user";
    private const string LastAdmin = "last-admin";
    private const string LastToken = "last-token";

    public async Task<IReadOnlyList<Finding>> CheckAsync(ShimSettings settings, CancellationToken cancellationToken)
    {
        var name = settings.EnrollmentUser;
        try
        {
            return await mac.Accounts.ReadAsync(name, cancellationToken) is not { } user
                ? [Finding.Warning(User, $"There is no local user {name}.", "Let the MDM make it, or set enrollmentUser to the name of the one that it makes.")]
                : !settings.DeleteEnrollmentUser
                ? [Finding.Ok(User, $"{name} stays by setting.")]
                : [Finding.Ok(User, $"{name} is there."), await AdminAsync(user, cancellationToken), await TokenAsync(user, cancellationToken)];
        }
        catch (DirectoryUnreadableException exception)
        {
            return [Finding.Failed(User, exception.Message, "Restart the Mac.")];
        }
    }

    private async Task<Finding> AdminAsync(LocalAccount user, CancellationToken cancellationToken) =>
        !await mac.Admins.RemainsWithoutAsync(user.Name, journal?.Account, cancellationToken)
            ? Finding.Warning(
                LastAdmin,
                journal?.Account is { } person
                    ? $"Without {user.Name} nobody would administer this Mac, as {person.Username} is to be a standard user: {user.Name} stays, hidden."
                    : $"Without {user.Name} nobody would administer this Mac, unless the person becomes an administrator: {user.Name} stays, hidden.",
                "Let the MDM make a managed administrator, or set Account__Admin in the service, or give the person sudo in JumpCloud.")
            : journal?.Account?.Admin == true ? Finding.Ok(LastAdmin, $"{journal.Account.Username} becomes an administrator.")
            : Finding.Ok(LastAdmin, "Another administrator remains.");

    // The person's own token is asked for at the end, not anybody's.
    private async Task<Finding> TokenAsync(LocalAccount user, CancellationToken cancellationToken)
    {
        var plan = await mac.Tokens.ReadPlanAsync(cancellationToken);
        return journal?.Account is { } person && plan.Holders.Contains(person.Username) ? Finding.Ok(LastToken, $"{person.Username} holds a Secure Token.")
            : plan.Escrowed is true ? Finding.Ok(LastToken, "The Bootstrap Token gives the person a Secure Token.")
            : plan.HasServiceAccount ? Finding.Ok(LastToken, "JumpCloud's service account gives the person a Secure Token.")
            : mac.TokenAdmin.Exists ? Finding.Ok(LastToken, "secure-token-admin is there to give the person a Secure Token.")
            : Finding.Warning(
                LastToken,
                $"Nothing gives the person a Secure Token: {user.Name} stays, hidden.",
                "Get the Bootstrap Token escrowed before the person logs in (see bootstrap-token).");
    }
}
