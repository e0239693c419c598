using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Faults;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>sysadminctl</c>: accounts and Secure Tokens. All of its text goes to standard error, and its exit code is always 0.</summary>
internal static class SysAdminCtl
{
    internal const string BadCredentials =
        "### Error:-14090 File:/AppleInternal/Library/BuildRoots/0a1b2c3d/Sources/Admin/DSAuthenticator.m Line:94";

    private const string RecordDenied = "### Error:-14120 File:/AppleInternal/Library/BuildRoots/0a1b2c3d/Sources/Admin/DSRecord.m Line:563";

    public static async Task<CommandAnswer> RunAsync(CommandCall call)
    {
        var log = new NsLog(call);
        if (SysAdminRequest.Parse(call) is not { } request)
        {
            return log.SayBare("Usage: sysadminctl").Answer();
        }

        if (request.Verb == "-secureTokenStatus")
        {
            return Status(call, request, log).Answer();
        }

        if (request.Verb == "-autologin")
        {
            return AutoLogin(call, request.Name, log).Answer();
        }

        if (request.AdminUser is null && !request.Has("interactive"))
        {
            log.Warn();
        }

        var given = await request.ReadPasswordsAsync(request.Verb == "-resetPasswordFor" ? "-newPassword" : "-password");
        if (given is null)
        {
            return log.Say("Password is required!").Answer();
        }

        return (request.Verb switch
        {
            "-addUser" => Add(call, request, given, log),
            "-deleteUser" => Delete(call, request, given, log),
            "-secureTokenOn" => SecureTokenGrant.Run(call, request, given, log),
            _ => ResetPassword(call, request, given, log),
        }).Answer();
    }

    private static NsLog Status(CommandCall call, SysAdminRequest request, NsLog log) => call.State.Find(request.Name) is { } user
        ? log.Say($"Secure token is {(user.SecureToken ? "ENABLED" : "DISABLED")} for user {user.FullName}")
        : log.Say($"Unknown user {request.Name}");

    // The words of off are not known; nothing may rest on them.
    private static NsLog AutoLogin(CommandCall call, string what, NsLog log)
    {
        if (what == "off" && call.IsRoot)
        {
            call.Change(state => state with { AutoLoginUser = null });
            call.Do(() => File.Delete(call.Files.Of(MacSetup.AutoLoginPassword)));
        }

        return log.Say(call.State.AutoLoginUser is { } user ? $"Automatic login user: {user}" : "Automatic login is OFF.");
    }

    private static NsLog Add(CommandCall call, SysAdminRequest request, GivenPasswords given, NsLog log)
    {
        var fullName = request.FullName ?? request.Name;
        if (!call.IsRoot && request.Authoriser(given) is null)
        {
            return log.Say("Operation requires administrator credentials.");
        }

        if (call.State.Find(request.Name) is not null || call.State.Users.Values.Any(user => user.FullName == fullName))
        {
            return log.Say($"User with the name {request.Name} or the full name {fullName} exists already.");
        }

        // Wrong credentials do not stop it: the account appears, without a token.
        var authoriser = request.Authoriser(given);
        if (request.AdminUser is not null && authoriser is null)
        {
            log.SayBare(BadCredentials);
        }

        var account = new NewAccount(
            request.Name,
            fullName,
            PasswordDigest.Of(given.Own),
            request.Has("-admin"),
            request.Home,
            request.Uid,
            authoriser is not null && AccountRules.CanAuthorise(call.State, authoriser));
        if (call.State.OrphanedCryptoUsers.ContainsKey(request.Name))
        {
            // The name's crypto user was orphaned by dscl -delete: all the lines of success, and no record.
            return SayAdded(log, request, AccountRules.Add(call.State, account).Find(request.Name)!);
        }

        call.Change(state => AccountRules.Add(state, account));
        var user = call.State.Find(request.Name)!;
        if (request.Home is null && !call.Behaves(MacFaults.AddUserWithoutHome))
        {
            call.Do(() => call.Files.CreateHome(user));
        }

        return SayAdded(log, request, user);
    }

    private static NsLog SayAdded(NsLog log, SysAdminRequest request, MacUser user) => log
        .Say("Creating user record…")
        .Say($"Assigning UID: {user.Uid} GID: {user.Gid}")
        .Say(request.Home is null ? $"Creating home directory at {user.Home}" : $"Home directory is assigned (not created!) at {user.Home}");

    private static NsLog Delete(CommandCall call, SysAdminRequest request, GivenPasswords given, NsLog log)
    {
        if (call.State.Find(request.Name) is not { } user)
        {
            return log.Say($"User {request.Name} not found");
        }

        if (request.AdminUser is not null && request.Authoriser(given) is null)
        {
            log.SayBare(BadCredentials);
        }

        if (AccountRules.IsLastTokenUser(call.State, user) || AccountRules.IsLastAdmin(call.State, user))
        {
            return log.Say($"User {user.ShortName} can not be deleted (it's either last admin user or last secure token user neither of which can be deleted)");
        }

        log.Say($"Killing all processes for UID {user.Uid}");
        call.Change(state => SessionRules.LogOut(state, user.Uid));
        if (!request.Has("-keepHome"))
        {
            log.Say($"{(request.Has("-secure") ? "Securely removing" : "Removing")} {user.FullName}'s home at {user.Home}");
            call.Do(() =>
            {
                if (!call.Behaves(MacFaults.DeleteUserKeepsHome))
                {
                    call.Files.DeleteHome(user);
                }
            });
        }

        log.Say($"Deleting Public share point for {user.FullName}").Say($"Deleting record for {user.FullName}");
        if (!call.Options.TccGrant || call.Behaves(MacFaults.DeleteUserRecordLeft))
        {
            // Root does not bypass TCC: the home is gone, the record stays.
            log.Say(RecordDenied);
        }
        else
        {
            call.Change(state => AccountRules.Remove(state, user.ShortName));
        }

        return log.Say($"AOSKit INFO: Disabling BTMM for user, no zone found for uid={user.Uid}, usersToZones: (null)");
    }

    private static NsLog ResetPassword(CommandCall call, SysAdminRequest request, GivenPasswords given, NsLog log)
    {
        if (call.State.Find(request.Name) is null)
        {
            return log.Say($"Unknown user {request.Name}");
        }

        if (!call.IsRoot && request.Authoriser(given) is null)
        {
            return log.SayBare(BadCredentials);
        }

        var digest = PasswordDigest.Of(given.Own);
        call.Change(state => AccountRules.ResetPassword(state, request.Name, digest));
        return log.Say("- Done!");
    }
}
