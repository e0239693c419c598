using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Prestage.Shim.Mac;

namespace Prestage.Shim.Processes;

/// <summary>
/// The one place that starts processes: absolute path, argument list, no shell, a bare environment, both streams drained, a time
/// limit that kills the whole tree, or leaves it where it must not be cut off. Secrets go in by standard input only, and are neither logged nor kept.
/// A program that others can change is never started: every call throws <see cref="UntrustedPathException"/>.
/// </summary>
internal class CommandRunner(MacPaths paths, TimeProvider time)
{
    private const int LongestStream = 1 << 20;
    private const int ReadTries = 3;
    private static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadPause = TimeSpan.FromMilliseconds(500);

    /// <summary>For a program that another one is to start.</summary>
    /// <exception cref="UntrustedPathException">Others can change it.</exception>
    public void Require(string tool) => paths.Trust.Require(paths.Of(tool));

    /// <summary>Runs a command without input under the usual limit of a minute.</summary>
    public Task<CommandResult> RunAsync(string tool, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(tool, arguments, [], UsualLimit, cancellationToken);

    /// <summary>
    /// Runs a command that changes nothing, again where its answer cannot be understood: the Mac's tools fail now and then, and nothing may hang on once.
    /// The last answer.
    /// </summary>
    public async Task<CommandResult> ReadAsync(string tool, IReadOnlyList<string> arguments, Func<CommandResult, bool> isAnswer, CancellationToken cancellationToken)
    {
        for (var tried = 1; ; tried++)
        {
            var said = await RunAsync(tool, arguments, cancellationToken);
            if (tried == ReadTries || isAnswer(said) || (said.TimedOut && tried > 1))
            {
                return said;
            }

            await Task.Delay(ReadPause, time, cancellationToken);
        }
    }

    /// <summary>Runs a command; <paramref name="input"/> is written, zeroed, and standard input closed.</summary>
    public async Task<CommandResult> RunAsync(
        string tool, IReadOnlyList<string> arguments, byte[] input, TimeSpan? limit, CancellationToken cancellationToken)
    {
        try
        {
            return await LimitAsync(
                token => RunTrustedAsync(tool, arguments, input, token), limit ?? UsualLimit, $"{tool} was ended at its time limit", cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
        }
    }

    /// <summary>
    /// Runs a command that must not be cut off in the middle. At the time limit, or when this program is told to end, nobody waits for it any more, and
    /// it goes on: a pipe that nobody reads does not kill it, as .NET leaves SIGPIPE ignored in its children.
    /// </summary>
    public Task<CommandResult> RunUncutAsync(string tool, IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellationToken) => LimitAsync(
        token => RunTrustedAsync(tool, arguments, [], CancellationToken.None).WaitAsync(token),
        limit,
        $"{tool} did not end in time, and was left running",
        cancellationToken);

    /// <summary>Runs a command that waits for the person, for as long as that takes: the caller's token is the limit. Its output can hold a secret.</summary>
    public async Task<SecretOutput> AskAsync(string tool, IReadOnlyList<string> arguments, byte[] input, CancellationToken cancellationToken)
    {
        var (exitCode, output, _) = await RunTrustedAsync(tool, arguments, input, cancellationToken);
        return new SecretOutput(exitCode, output);
    }

    /// <summary>Starts a companion that ends by itself, and leaves it running. False where it cannot be started.</summary>
    public virtual bool TryStart(string tool, IReadOnlyList<string> arguments)
    {
        Require(tool);
        using var process = new Process { StartInfo = Describe(tool, arguments) };
        try
        {
            return process.Start();
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Runs one process to its end, or kills it; -1 where it cannot be started.</summary>
    protected virtual async Task<(int ExitCode, byte[] Output, byte[] Errors)> RunToEndAsync(
        string tool, IReadOnlyList<string> arguments, byte[] input, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = Describe(tool, arguments) };
        try
        {
            process.Start();
            var output = DrainAsync(process.StandardOutput.BaseStream, cancellationToken);
            var errors = DrainAsync(process.StandardError.BaseStream, cancellationToken);
            await FeedAsync(process, input, cancellationToken);
            await Task.WhenAll(output, errors, process.WaitForExitAsync(cancellationToken)).WaitAsync(cancellationToken);
            return (process.ExitCode, await output, await errors);
        }
        catch (Win32Exception exception)
        {
            return (-1, [], Encoding.UTF8.GetBytes(exception.Message));
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            throw;
        }
    }

    private async Task<(int ExitCode, byte[] Output, byte[] Errors)> RunTrustedAsync(
        string tool, IReadOnlyList<string> arguments, byte[] input, CancellationToken cancellationToken)
    {
        Require(tool);
        return await RunToEndAsync(tool, arguments, input, cancellationToken);
    }

    private async Task<CommandResult> LimitAsync(
        Func<CancellationToken, Task<(int ExitCode, byte[] Output, byte[] Errors)>> run, TimeSpan limit, string late, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            var (exitCode, output, errors) = await run(either.Token);
            return new CommandResult(exitCode, Encoding.UTF8.GetString(output), Encoding.UTF8.GetString(errors));
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new CommandResult(-1, string.Empty, late, TimedOut: true);
        }
    }

    private ProcessStartInfo Describe(string tool, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(paths.Of(tool), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin:/usr/sbin:/sbin";
        start.Environment["LANG"] = "C";
        start.Environment["HOME"] = "/var/root";
        return start;
    }

    private static async Task FeedAsync(Process process, byte[] input, CancellationToken cancellationToken)
    {
        try
        {
            var stdin = process.StandardInput.BaseStream;
            await stdin.WriteAsync(input, cancellationToken);
            await stdin.DisposeAsync();
        }
        catch (IOException)
        {
            // The command ended without reading; its exit code and output say why.
        }
    }

    // The buffers are zeroed, as the stream can be a person's answer.
    private static async Task<byte[]> DrainAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream(8192);
        var buffer = new byte[8192];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
            {
                kept.Write(buffer, 0, (int)Math.Min(read, LongestStream - kept.Length));
            }

            return kept.ToArray();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
            CryptographicOperations.ZeroMemory(kept.GetBuffer());
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
    }
}
