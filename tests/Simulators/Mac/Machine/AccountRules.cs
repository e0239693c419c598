using System.Collections.Immutable;

namespace Prestage.Simulators.Mac.Machine;

/// <summary>What an account is made from.</summary>
/// <param name="Uid">Null takes the next free one from 501.</param>
/// <param name="Token">Granted by credentials given with the request.</param>
internal sealed record NewAccount(string ShortName, string FullName, PasswordDigest Password, bool Admin, string? Home = null, int? Uid = null, bool Token = false);

/// <summary>
/// The rules of accounts and Secure Tokens (Apple Platform Deployment, "Use secure token, bootstrap token, and volume ownership"):
/// the first account whose password is set takes the token, later ones need an admin with a token, or the Bootstrap Token.
/// </summary>
internal static class AccountRules
{
    public const string ServiceAccount = "_jumpcloudserviceaccount";

    public static MacState Add(MacState state, NewAccount account)
    {
        var user = new MacUser
        {
            ShortName = account.ShortName,
            Uid = account.Uid is { } wanted && state.Find(wanted) is null ? wanted : NextUid(state),
            FullName = account.FullName,
            Home = account.Home ?? $"/Users/{account.ShortName}",
            GeneratedUid = NewGuid(),
            Password = account.Password,
            SecureToken = account.Token || !AnyToken(state),
        };
        var after = state with { Users = state.Users.SetItem(user.ShortName, user) };
        return account.Admin ? SetAdmin(after, user.ShortName, true) : after;
    }

    public static MacState Remove(MacState state, string name) => SetAdmin(state, name, false) with { Users = state.Users.Remove(name) };

    public static MacState Update(MacState state, string name, Func<MacUser, MacUser> change) =>
        state.Find(name) is { } user ? state with { Users = state.Users.SetItem(name, change(user)) } : state;

    public static MacState SetAdmin(MacState state, string name, bool admin) =>
        state.IsAdmin(name) == admin ? state : state with { Admins = admin ? state.Admins.Add(name) : state.Admins.Remove(name) };

    /// <summary>Sets a password without knowing the old one; with a token, the crypto user keeps the old one.</summary>
    public static MacState ResetPassword(MacState state, string name, PasswordDigest password) =>
        Update(state, name, user => user with
        {
            Password = password,
            CryptoPasswordStale = user.SecureToken,
            SecureToken = user.SecureToken || !AnyToken(state),
        });

    /// <summary>May give tokens to others: an enabled admin that holds one itself.</summary>
    public static bool CanAuthorise(MacState state, MacUser user) => user.SecureToken && user.Enabled && state.IsAdmin(user.ShortName);

    public static bool AnyToken(MacState state) => state.Users.Values.Any(user => user.SecureToken);

    public static bool IsLastTokenUser(MacState state, MacUser user) =>
        user.SecureToken && !state.Users.Values.Any(other => other.SecureToken && other.ShortName != user.ShortName);

    /// <summary>Root and service accounts do not count as admins.</summary>
    public static bool IsLastAdmin(MacState state, MacUser user) =>
        state.IsAdmin(user.ShortName)
        && !state.People.Any(other => other.Enabled && other.ShortName != user.ShortName && state.IsAdmin(other.ShortName));

    public static string NewGuid() => Guid.NewGuid().ToString("D").ToUpperInvariant();

    /// <summary>The accounts that every Mac has beside people's.</summary>
    public static ImmutableSortedDictionary<string, MacUser> SystemAccounts() =>
        new (string Name, int Uid, string Home, string FullName)[]
        {
            ("_mbsetupuser", 248, "/var/setup", "Setup User"),
            ("daemon", 1, "/var/root", "System Services"),
            ("nobody", -2, "/var/empty", "Unprivileged User"),
            ("root", 0, "/var/root", "System Administrator"),
        }.ToImmutableSortedDictionary(
            row => row.Name,
            row => new MacUser
            {
                ShortName = row.Name,
                Uid = row.Uid,
                Gid = row.Uid,
                Home = row.Home,
                FullName = row.FullName,
                Shell = "/usr/bin/false",
                GeneratedUid = NewGuid(),
            },
            StringComparer.Ordinal);

    private static int NextUid(MacState state) => Math.Max(500, state.Users.Values.Max(user => user.Uid)) + 1;
}
