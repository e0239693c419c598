using System.Globalization;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary>The arguments of <c>sysadminctl</c>: one verb with an account's name, options with values, and flags.</summary>
internal sealed class SysAdminRequest
{
    private static readonly string[] Verbs = ["-addUser", "-deleteUser", "-secureTokenStatus", "-secureTokenOn", "-resetPasswordFor", "-autologin"];
    private static readonly string[] Flags = ["-admin", "-secure", "-keepHome", "-roleAccount", "interactive"];
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly HashSet<string> flags = new(StringComparer.Ordinal);
    private readonly CommandCall call;

    private SysAdminRequest(CommandCall call) => this.call = call;

    public string Verb { get; private set; } = string.Empty;

    public string Name { get; private set; } = string.Empty;

    public string? FullName => values.GetValueOrDefault("-fullName");

    public string? Home => values.GetValueOrDefault("-home");

    public int? Uid => int.TryParse(values.GetValueOrDefault("-UID"), CultureInfo.InvariantCulture, out var uid) ? uid : null;

    /// <summary>The admin who is to authorise this; null where none is named.</summary>
    public string? AdminUser => values.GetValueOrDefault("-adminUser");

    /// <summary>Null where the arguments are none that it knows.</summary>
    public static SysAdminRequest? Parse(CommandCall call)
    {
        var request = new SysAdminRequest(call);
        var arguments = call.Arguments;
        for (var at = 0; at < arguments.Length; at++)
        {
            if (Flags.Contains(arguments[at]))
            {
                request.flags.Add(arguments[at]);
            }
            else if (at + 1 == arguments.Length)
            {
                return null;
            }
            else if (Verbs.Contains(arguments[at]))
            {
                (request.Verb, request.Name) = (arguments[at], arguments[++at]);
            }
            else
            {
                request.values[arguments[at]] = arguments[++at];
            }
        }

        return request.Verb.Length > 0 ? request : null;
    }

    public bool Has(string flag) => flags.Contains(flag);

    /// <summary>
    /// The admin's password first, then the account's: the order in which <c>sysadminctl</c> reads them. Null where one was
    /// promised by <c>-</c> and standard input has ended.
    /// </summary>
    public async Task<GivenPasswords?> ReadPasswordsAsync(string ownOption)
    {
        var admin = await ReadAsync("-adminPassword");
        var own = await ReadAsync(ownOption);
        return admin is null || own is null ? null : new GivenPasswords(admin, own);
    }

    /// <summary>The named admin, if the password is right.</summary>
    public MacUser? Authoriser(GivenPasswords given) =>
        AdminUser is { } name && call.State.Find(name) is { Enabled: true, Password: { } digest } admin && digest.Matches(given.Admin) ? admin : null;

    private async Task<string?> ReadAsync(string option) =>
        values.GetValueOrDefault(option) is var given && given == "-" ? await call.ReadLineAsync() : given ?? string.Empty;
}

/// <summary>Passwords on their way from standard input to a check. Not a record, whose text would show them.</summary>
internal sealed class GivenPasswords(string admin, string own)
{
    public string Admin => admin;

    public string Own => own;
}
