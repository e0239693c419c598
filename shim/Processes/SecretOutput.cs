using System.Security.Cryptography;

namespace Prestage.Shim.Processes;

/// <summary>What a command that asks the person printed: read it once, then dispose of it, which zeroes it. It never becomes text by itself.</summary>
/// <param name="exitCode">-1 where the command could not be started.</param>
internal sealed class SecretOutput(int exitCode, byte[] output) : IDisposable
{
    public int ExitCode => exitCode;

    /// <summary>Standard output, UTF-8, cut at the runner's cap.</summary>
    public ReadOnlySpan<byte> Bytes => output;

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(output);

    /// <inheritdoc/>
    public override string ToString() => "***";
}
