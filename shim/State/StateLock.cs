using System.Globalization;
using System.Text;

namespace Prestage.Shim.State;

/// <summary>The one prestage that may change the state directory. The kernel lets go when the process ends, however it ends.</summary>
internal sealed class StateLock : IDisposable
{
    private readonly FileStream held;
    private readonly string holder;

    private StateLock(FileStream held, string holder) => (this.held, this.holder) = (held, holder);

    /// <summary>Null while another process has it.</summary>
    public static StateLock? TryTake(string directory)
    {
        try
        {
            var held = new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            PrivateFile.Write(HolderFile(directory), Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            return new StateLock(held, HolderFile(directory));
        }
        catch (IOException)
        {
            return null;
        }
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

    private static string HolderFile(string directory) => Path.Combine(directory, "lock.holder");
}
