using System.Diagnostics;

namespace Prestage.Shim.Processes;

/// <summary>Another process of this program; the id of one that is gone may be a stranger's by now.</summary>
internal static class RunningProgram
{
    /// <summary>Ends it, but not what it started: an installation must not be cut off.</summary>
    public static void End(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            if (process.ProcessName == "prestage")
            {
                process.Kill();
            }
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
    }
}
