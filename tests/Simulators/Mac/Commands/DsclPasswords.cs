using System.Text;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>dscl -authonly</c> and <c>-passwd</c>; what is not among the arguments is read from standard input.</summary>
internal static class DsclPasswords
{
    public static async Task<CommandAnswer> VerifyAsync(CommandCall call, List<string> rest)
    {
        var password = rest.Count > 1 ? rest[1] : await GetPassAsync(call);
        return call.State.Find(rest[0]) switch
        {
            null => Refused(-14136, "eDSRecordNotFound"),
            { Enabled: false } => Refused(-14167, "eDSAuthAccountDisabled"),
            { Password: { } digest } when digest.Matches(password) => CommandAnswer.Silent,
            _ => Refused(-14090, "eDSAuthFailed"),
        };
    }

    /// <summary>Root may set a password only where no Secure Token hangs on the old one.</summary>
    public static async Task<CommandAnswer> SetAsync(CommandCall call, List<string> rest)
    {
        var old = rest.Count > 2 ? rest[1] : null;
        var password = rest.Count > 1 ? rest[^1] : await GetPassAsync(call);
        if (!rest[0].StartsWith("/Users/", StringComparison.Ordinal) || call.State.Find(rest[0]["/Users/".Length..]) is not { } user)
        {
            return Dscl.NotFound();
        }

        var proven = old is not null && user.Password?.Matches(old) == true;
        if (!proven && user.SecureToken)
        {
            return Dscl.Error(-14090, "eDSAuthFailed", "Operation is not permitted without secure token unlock.\n");
        }

        if (!proven && !call.IsRoot)
        {
            return Dscl.Error(-14090, "eDSAuthFailed", "passwd: DS error: eDSAuthFailed\n");
        }

        var digest = PasswordDigest.Of(password);
        call.Change(state => AccountRules.Update(AccountRules.ResetPassword(state, user.ShortName, digest), user.ShortName, changed =>
            changed with { CryptoPasswordStale = user.CryptoPasswordStale }));
        return CommandAnswer.Silent;
    }

    // getpass keeps 127 bytes and drops the rest of the line.
    private static async Task<string> GetPassAsync(CommandCall call)
    {
        var typed = Encoding.UTF8.GetBytes(await call.ReadLineAsync() ?? string.Empty);
        return Encoding.UTF8.GetString(typed.AsSpan(0, Math.Min(typed.Length, 127)));
    }

    // The sentence goes to standard output, the status to standard error.
    private static CommandAnswer Refused(int status, string name) =>
        Dscl.Error(status, name) with { Output = $"Authentication for node /Local/Default failed. ({status}, {name})\n" };
}
