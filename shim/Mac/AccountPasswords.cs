using System.Text;
using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>Verifies and resets local passwords, always through standard input.</summary>
internal sealed class AccountPasswords(CommandRunner commands)
{
    /// <summary>dscl reads by getpass, whose buffer of 128 bytes cuts what is longer without a word.</summary>
    public const int LongestBytes = 127;

    private const int AuthenticationFailed = 10;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>One line of input: the password and LF. The runner zeroes it.</summary>
    public static byte[] Line(Secret password)
    {
        var text = password.Reveal();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Encoding.UTF8.GetByteCount(text), LongestBytes, nameof(password));
        var line = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, line);
        line[^1] = (byte)'\n';
        return line;
    }

    /// <summary>Whether this is the account's password; null where the answer is neither yes nor no.</summary>
    public async Task<bool?> VerifyAsync(string name, Secret password, CancellationToken cancellationToken)
    {
        var said = await commands.RunAsync(Tool.Dscl, ["/Local/Default", "-authonly", name], Line(password), Limit, cancellationToken);
        return said.ExitCode switch { 0 => true, AuthenticationFailed => false, _ => null };
    }

    /// <summary>Sets the password of an account that holds no Secure Token; macOS refuses it for one that does. Verify afterwards.</summary>
    public Task ResetAsync(string name, Secret password, CancellationToken cancellationToken) =>
        commands.RunAsync(Tool.Dscl, [".", "-passwd", $"/Users/{name}"], Line(password), Limit, cancellationToken);
}
