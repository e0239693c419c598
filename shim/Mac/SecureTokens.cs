using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>The three places that know of a Secure Token. They can disagree, above all on macOS 15 and later under MDM.</summary>
/// <param name="Status"><c>sysadminctl -secureTokenStatus</c></param>
/// <param name="CryptoUser"><c>diskutil apfs listUsers /</c></param>
/// <param name="FileVault"><c>fdesetup list</c>; null while FileVault is off, as the list says nothing then.</param>
internal sealed record SecureTokenEvidence(bool Status, bool CryptoUser, bool? FileVault)
{
    /// <summary>The directory and the volume both have it.</summary>
    public bool Holds => Status && CryptoUser;

    public bool Agrees => Status == CryptoUser && Status == (FileVault ?? Status);

    /// <summary>The places that say otherwise than the first one, for the report.</summary>
    public string Describe() => $"sysadminctl {Word(Status)}, diskutil {Word(CryptoUser)}, fdesetup {(FileVault is { } listed ? Word(listed) : "off")}";

    private static string Word(bool yes) => yes ? "yes" : "no";
}

/// <summary>Reads Secure Tokens and whether the Bootstrap Token is with the MDM.</summary>
internal sealed partial class SecureTokens(CommandRunner commands)
{
    private static readonly TimeSpan GrantLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PrebootLimit = TimeSpan.FromMinutes(2);

    /// <summary>The status line names the full name, so only its verb is matched.</summary>
    public async Task<bool> IsEnabledAsync(string name, CancellationToken cancellationToken) =>
        (await commands.ReadAsync(Tool.SysAdminCtl, ["-secureTokenStatus", name], said => Status().IsMatch(said.Text), cancellationToken)).Text
            .Contains("is ENABLED for", StringComparison.Ordinal);

    /// <summary>Whether macOS can grant a token by itself at the next graphical login; null where it does not say.</summary>
    public async Task<bool?> IsBootstrapTokenEscrowedAsync(CancellationToken cancellationToken) =>
        SecureTokenPlan.ParseEscrowed((await commands.ReadAsync(
            Tool.Profiles, ["status", "-type", "bootstraptoken"], said => SecureTokenPlan.ParseEscrowed(said.Text) is not null, cancellationToken)).Text);

    /// <summary>Whether the volume is locked by FileVault, or soon will be.</summary>
    public async Task<FileVaultState> ReadFileVaultAsync(CancellationToken cancellationToken) => SecureTokenPlan.ParseFileVault((await commands.ReadAsync(
        Tool.FdeSetup, ["status"], said => SecureTokenPlan.ParseFileVault(said.Output) != FileVaultState.Unknown, cancellationToken)).Output);

    /// <summary>What the Mac says of tokens before one is granted.</summary>
    public async Task<SecureTokenPlan> ReadPlanAsync(CancellationToken cancellationToken)
    {
        var volume = await ReadCryptoUsersAsync(cancellationToken);
        var accounts = await commands.ReadAsync(Tool.Dscl, [".", "-list", "/Users", "GeneratedUID"], said => said.Succeeded && said.Output.Length > 0, cancellationToken);
        return new SecureTokenPlan(
            [.. accounts.Output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(row => row is [_, var id] && volume.Contains(id)).Select(row => row[0])],
            await IsBootstrapTokenEscrowedAsync(cancellationToken),
            await ReadFileVaultAsync(cancellationToken));
    }

    /// <summary>
    /// Asks for a token by an administrator's leave; returns what was said. It can say <c>Done!</c> and have done nothing, or wait for
    /// ever: verify. Standard input takes the administrator's password first, then the account's.
    /// </summary>
    public async Task<string> GrantAsync(string name, Secret password, TokenAdmin admin, CancellationToken cancellationToken)
    {
        var (first, second) = (AccountPasswords.Line(admin.Password), AccountPasswords.Line(password));
        byte[] input = [.. first, .. second];
        CryptographicOperations.ZeroMemory(first);
        CryptographicOperations.ZeroMemory(second);
        string[] arguments = ["-secureTokenOn", name, "-password", "-", "-adminUser", admin.Name, "-adminPassword", "-"];
        return (await commands.RunAsync(Tool.SysAdminCtl, arguments, input, GrantLimit, cancellationToken)).Text;
    }

    /// <summary>Shows a new token holder at the volume's own password screen.</summary>
    public Task UpdatePrebootAsync(CancellationToken cancellationToken) =>
        commands.RunAsync(Tool.Diskutil, ["apfs", "updatePreboot", "/"], [], PrebootLimit, cancellationToken);

    /// <summary>GUIDs of the people who can unlock the volume, as far as <c>diskutil</c> names them.</summary>
    public async Task<IReadOnlySet<string>> ReadCryptoUsersAsync(CancellationToken cancellationToken) =>
        CryptoUsers((await ListCryptoUsersAsync(cancellationToken)).Output);

    /// <summary>Whether that GUID can unlock the volume; null while <c>diskutil</c> names fewer people than it announces, as the GUID may be one of them.</summary>
    public async Task<bool?> IsCryptoUserAsync(string id, CancellationToken cancellationToken)
    {
        var said = (await ListCryptoUsersAsync(cancellationToken)).Output;
        return CryptoUsers(said).Contains(id) ? true : IsWholeList(said) ? false : null;
    }

    public async Task<SecureTokenEvidence> VerifyAsync(LocalAccount account, CancellationToken cancellationToken)
    {
        var volume = await ReadCryptoUsersAsync(cancellationToken);
        return new SecureTokenEvidence(
            await IsEnabledAsync(account.Name, cancellationToken),
            account.GeneratedUid is { } id && volume.Contains(id),
            await IsListedAsync(account.Name, cancellationToken));
    }

    private Task<CommandResult> ListCryptoUsersAsync(CancellationToken cancellationToken) =>
        commands.ReadAsync(Tool.Diskutil, ["apfs", "listUsers", "/"], said => IsWholeList(said.Output), cancellationToken);

    private async Task<bool?> IsListedAsync(string name, CancellationToken cancellationToken) =>
        await ReadFileVaultAsync(cancellationToken) == FileVaultState.On
            ? UnlockUsers((await commands.ReadAsync(Tool.FdeSetup, ["list"], said => UnlockUsers(said.Output).Count > 0, cancellationToken)).Output).Contains(name)
            : null;

    // Right after a change it prints less than it announces.
    private static bool IsWholeList(string listUsers) => Announced().Match(listUsers) is { Success: true } announced
        ? AnyUser().Count(listUsers) == int.Parse(announced.Groups[1].Value, CultureInfo.InvariantCulture)
        : listUsers.StartsWith("No cryptographic users", StringComparison.Ordinal);

    /// <summary>The people among the volume's crypto users; recovery keys and the Bootstrap Token are others.</summary>
    public static IReadOnlySet<string> CryptoUsers(string listUsers) =>
        CryptoUser().Matches(listUsers).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Short names of <c>name,GUID</c> lines.</summary>
    public static IReadOnlySet<string> UnlockUsers(string list) =>
        list.Split('\n').Where(line => line.Contains(',', StringComparison.Ordinal)).Select(line => line[..line.LastIndexOf(',')].Trim())
            .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex("is (ENABLED|DISABLED) for|Unknown user")]
    private static partial Regex Status();

    [GeneratedRegex(@"\(([0-9]{1,4}) found\)")]
    private static partial Regex Announced();

    [GeneratedRegex(@"\+-- [0-9A-Fa-f-]{36}\s*\n[| ]*Type: ")]
    private static partial Regex AnyUser();

    [GeneratedRegex(@"\+-- ([0-9A-Fa-f-]{36})\s*\n[| ]*Type: Local Open Directory User")]
    private static partial Regex CryptoUser();
}
