using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>sysadminctl -secureTokenOn</c>: an admin who holds a token gives one to an account whose password is known.</summary>
internal static class SecureTokenGrant
{
    private const string NotAuthorised =
        "setSecureTokenAuthorizationEnabled error Error Domain=com.apple.OpenDirectory Code=5101 \"Authentication server refused operation because the current credentials are not authorized for the requested operation.\"";

    public static NsLog Run(CommandCall call, SysAdminRequest request, GivenPasswords given, NsLog log)
    {
        if (call.State.Find(request.Name) is not { } user)
        {
            return log.Say($"Unknown user {request.Name}");
        }

        if (request.AdminUser is null)
        {
            return log.SayBare("Operation is not permitted without secure token unlock.");
        }

        if (request.Authoriser(given) is not { } admin || user.Password?.Matches(given.Own) != true)
        {
            return log.SayBare(SysAdminCtl.BadCredentials);
        }

        if (!AccountRules.CanAuthorise(call.State, admin))
        {
            return log.Say(NotAuthorised);
        }

        call.Change(state => AccountRules.Update(state, user.ShortName, holder => holder with { SecureToken = true }));
        return log.Say("- Done!");
    }
}
