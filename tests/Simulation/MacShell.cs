using System.Diagnostics;
using Prestage.Simulators.Mac;
using Prestage.Simulators.Processes;
using Xunit;

namespace Prestage.Tests.Simulation;

/// <summary>What a command left behind.</summary>
internal sealed record Ran(int ExitCode, string Output, string Errors);

/// <summary>Runs a simulated Mac's commands as the shim does: as processes, with standard input closed at its end.</summary>
internal static class MacShell
{
    public static Task<Ran> RunAsync(this SimulatedMac mac, string path, params string[] arguments) => mac.FeedAsync(path, string.Empty, arguments);

    public static async Task<Ran> FeedAsync(this SimulatedMac mac, string path, string input, params string[] arguments)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var process = Start(mac, path, arguments);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await FeedAsync(process, input, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new Ran(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    public static Process Start(SimulatedMac mac, string path, params string[] arguments) => ChildProcess.Launch(
        new ProcessStartInfo(mac.PathOf(path), arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true });

    /// <summary>Makes a person's account without a token, as the shim does.</summary>
    public static Task<Ran> AddUserAsync(this SimulatedMac mac, string name, string password, params string[] more) =>
        mac.FeedAsync("/usr/sbin/sysadminctl", password + "\n", ["-addUser", name, "-fullName", "Anna Berg", "-password", "-", .. more]);

    private static async Task FeedAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The command ended without reading.
        }
    }
}
