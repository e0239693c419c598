using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>An administrator of this Mac who may grant Secure Tokens.</summary>
internal sealed record TokenAdmin(string Name, Secret Password);

/// <summary>
/// The file <c>secure-token-admin</c> in the state directory: one line <c>name;password</c>, which an administrator's tool puts there
/// for root alone. It is used once and deleted; a profile never brings it.
/// </summary>
internal sealed partial class TokenAdminFile(MacPaths paths, CommandRunner commands)
{
    private const string ForRootAlone = "0 600 Regular File";

    /// <summary>What is right, for messages.</summary>
    public const string Rule = "a file of root's with mode 600 and one line name;password";

    public bool Exists => File.Exists(paths.TokenAdmin);

    /// <summary>Null where there is none that may be believed: others could have read or written it, or it is no such line.</summary>
    public async Task<TokenAdmin?> ReadAsync(CancellationToken cancellationToken)
    {
        // %HT is the kind of file: a link is none.
        var said = await commands.ReadAsync(Tool.Stat, ["-f", "%u %Lp %HT", paths.TokenAdmin], said => Described().IsMatch(said.Output), cancellationToken);
        if (said.Output.Trim() != ForRootAlone || paths.Trust.Refusal(paths.TokenAdmin) is not null)
        {
            return null;
        }

        var content = File.ReadAllBytes(paths.TokenAdmin);
        try
        {
            var line = Line().Match(Encoding.UTF8.GetString(content));
            return line.Success && Encoding.UTF8.GetByteCount(line.Groups[2].Value) <= AccountPasswords.LongestBytes
                ? new TokenAdmin(line.Groups[1].Value, new Secret(line.Groups[2].Value))
                : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    public void Delete()
    {
        if (Directory.Exists(paths.StateDirectory))
        {
            File.Delete(paths.TokenAdmin);
        }
    }

    [GeneratedRegex("^[0-9]+ [0-7]+ [A-Z]")]
    private static partial Regex Described();

    // The name becomes an argument: it must not look like an option.
    [GeneratedRegex("^([A-Za-z_][A-Za-z0-9._-]{0,30});([^\\r\\n]+)\\r?\\n?\\z")]
    private static partial Regex Line();
}
