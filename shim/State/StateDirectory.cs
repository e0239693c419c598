using System.Text;
using System.Text.Json;
using Prestage.Shim.Mac;

namespace Prestage.Shim.State;

/// <summary>The root-only directory and the files in it.</summary>
internal sealed class StateDirectory(MacPaths paths)
{
    private string TokenFile => Path.Combine(paths.StateDirectory, "token");

    private string ReceiptFile => Path.Combine(paths.StateDirectory, "receipt.json");

    public string JournalFile => Path.Combine(paths.StateDirectory, "journal.json");

    /// <summary>Makes the directory, and the log's.</summary>
    public void Create()
    {
        PrivateFile.CreateDirectory(paths.StateDirectory);
        Directory.CreateDirectory(Path.GetDirectoryName(paths.LogFile)!);
    }

    /// <summary>Holds the directory for this process; null while another one runs. Dispose to let go.</summary>
    public StateLock? TryLock() => StateLock.TryTake(paths.StateDirectory);

    /// <summary>The process that holds the directory, while <see cref="TryLock"/> gives null; null where it has not written that yet.</summary>
    public int? ReadHolder() => StateLock.ReadHolder(paths.StateDirectory);

    /// <summary>Deletes what is known of an enrollment, and gives the names of what was there. Settings stay.</summary>
    public IReadOnlyList<string> Forget()
    {
        string[] known = [JournalFile, $"{JournalFile}.unreadable", TokenFile, ReceiptFile];
        string[] there = [.. known.SelectMany(file => new[] { file, $"{file}.new" }).Where(File.Exists)];
        Array.ForEach(there, File.Delete);
        return [.. there.Select(file => Path.GetFileName(file))];
    }

    /// <summary>The enrollment's token, if there is one.</summary>
    public Secret? ReadToken() => File.Exists(TokenFile) ? new Secret(File.ReadAllText(TokenFile)) : null;

    public void WriteToken(Secret token) => PrivateFile.Write(TokenFile, Encoding.UTF8.GetBytes(token.Reveal()));

    public void DeleteToken() => File.Delete(TokenFile);

    /// <summary>Whether an earlier run was finished.</summary>
    public bool HasReceipt => File.Exists(ReceiptFile);

    /// <summary>Null where the receipt cannot be read.</summary>
    public Receipt? ReadReceipt()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(ReceiptFile), StateJson.Default.Receipt);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void WriteReceipt(Receipt receipt) =>
        PrivateFile.Write(ReceiptFile, JsonSerializer.SerializeToUtf8Bytes(receipt, StateJson.Default.Receipt));
}
