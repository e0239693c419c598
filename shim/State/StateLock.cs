using System.Globalization;
using System.Text;

namespace Prestage.Shim.State;

/// <summary>The one prestage that may change the state directory. The kernel lets go when the process ends, however it ends.</summary>
internal sealed class StateLock : IDisposable
{
    // EWOULDBLOCK, as flock gives it; .NET passes errno on as HResult.
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;
    private readonly FileStream held;
    private readonly string holder;

    private StateLock(FileStream held, string holder) => (this.held, this.holder) = (held, holder);

    /// <summary>Null while another process has it.</summary>
    /// <exception cref="IOException">The file cannot be made, such as on a full disk.</exception>
    public static StateLock? TryTake(string directory)
    {
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception.HResult is WouldBlockOnLinux or WouldBlockOnMac)
        {
            return null;
        }

        TryWriteHolder(directory);
        return new StateLock(held, HolderFile(directory));
    }

    /// <summary>A file of its own, as a held one cannot be opened. What a killed process left there means nothing once the lock is free.</summary>
    public static int? ReadHolder(string directory)
    {
        try
        {
            return int.TryParse(File.ReadAllText(HolderFile(directory)), CultureInfo.InvariantCulture, out var id) ? id : null;
        }
        catch (IOException)
        {
            // Not written yet, or gone at this moment: the holder deletes it as it lets go.
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path.GetDirectoryName(holder)))
        {
            File.Delete(holder);
        }

        held.Dispose();
    }

    private static void TryWriteHolder(string directory)
    {
        try
        {
            PrivateFile.Write(HolderFile(directory), Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk. Only --force of another command misses it: it cannot end this process.
        }
    }

    private static string HolderFile(string directory) => Path.Combine(directory, "lock.holder");
}
