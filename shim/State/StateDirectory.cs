using System.Text;
using System.Text.Json;
using Prestage.Shim.Mac;
using Prestage.Shim.Processes;

namespace Prestage.Shim.State;

/// <summary>The root-only directory and the files in it.</summary>
internal sealed class StateDirectory(MacPaths paths)
{
    private Secret? unwrittenToken;

    private string TokenFile => Path.Combine(paths.StateDirectory, "token");

    private string ReceiptFile => Path.Combine(paths.StateDirectory, "receipt.json");

    public string JournalFile => Path.Combine(paths.StateDirectory, "journal.json");

    /// <summary>Makes the directory.</summary>
    /// <exception cref="UntrustedPathException">Others can change it, or one above it. What is in it cannot be believed then.</exception>
    public void Create()
    {
        paths.Trust.Require(paths.StateDirectory);
        PrivateFile.CreateDirectory(paths.StateDirectory);
        paths.Trust.Require(JournalFile);
        paths.Trust.Require(TokenFile);
        paths.Trust.Require(ReceiptFile);
    }

    /// <summary>Makes the log's directory. Null, or why no log can be written there.</summary>
    public string? TryCreateLogDirectory()
    {
        try
        {
            var directory = Path.GetDirectoryName(paths.LogFile)!;
            paths.Trust.Require(directory);
            Directory.CreateDirectory(directory);
            return paths.Trust.Refusal(paths.LogFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <summary>Holds the directory for this process; null while another one runs. Dispose to let go.</summary>
    /// <exception cref="UntrustedPathException">Others can change it.</exception>
    public StateLock? TryLock()
    {
        paths.Trust.Require(paths.StateDirectory);
        return StateLock.TryTake(paths.StateDirectory);
    }

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
    public Secret? ReadToken() => unwrittenToken ?? (File.Exists(TokenFile) ? new Secret(File.ReadAllText(TokenFile)) : null);

    /// <summary>Keeps the token: on disk, and only in memory if the disk cannot be written to. The next start then gets a new one with a proof.</summary>
    public void WriteToken(Secret token)
    {
        try
        {
            PrivateFile.Write(TokenFile, Encoding.UTF8.GetBytes(token.Reveal()));
            unwrittenToken = null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The earlier token on the disk is dead.
            DeleteToken();
            unwrittenToken = token;
        }
    }

    public void DeleteToken()
    {
        unwrittenToken = null;
        File.Delete(TokenFile);
    }

    /// <summary>Whether an earlier run was finished.</summary>
    public bool HasReceipt => File.Exists(ReceiptFile);

    /// <summary>Null where the receipt cannot be read.</summary>
    public Receipt? ReadReceipt()
    {
        try
        {
            var receipt = JsonSerializer.Deserialize(File.ReadAllBytes(ReceiptFile), StateJson.Default.Receipt);
            return receipt is { Seconds: not null, Left: not null, Warnings: not null } ? receipt : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void WriteReceipt(Receipt receipt) =>
        PrivateFile.Write(ReceiptFile, JsonSerializer.SerializeToUtf8Bytes(receipt, StateJson.Default.Receipt));
}
