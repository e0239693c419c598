using System.Diagnostics;
using System.Globalization;
using Prestage.Shim.Mac;

namespace Prestage.Shim.Processes;

/// <summary>Another process of this program; the id of one that is gone may be a stranger's by now.</summary>
internal static class RunningProgram
{
    /// <summary>Asks it to end by itself (SIGTERM), so that it takes away what must not be left.</summary>
    public static async Task AskToEndAsync(CommandRunner commands, int processId, CancellationToken cancellationToken)
    {
        using var process = Find(processId);
        if (process is not null)
        {
            await commands.RunAsync(Tool.Kill, ["-TERM", processId.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        }
    }

    /// <summary>Ends it, but not what it started: an installation must not be cut off.</summary>
    public static void End(int processId)
    {
        using var process = Find(processId);
        try
        {
            process?.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
    }

    private static Process? Find(int processId)
    {
        try
        {
            var process = Process.GetProcessById(processId);
            if (process.ProcessName == "prestage")
            {
                return process;
            }

            process.Dispose();
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
