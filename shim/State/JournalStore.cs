using System.Text.Json;

namespace Prestage.Shim.State;

/// <summary>
/// The journal in memory and on disk; every change is on disk before the next line runs. If the disk cannot be written to, the run continues from
/// memory, <see cref="WriteFailure"/> says why, and the next change is written with all that came before.
/// </summary>
internal sealed class JournalStore
{
    private readonly Lock gate = new();
    private readonly string file;
    private Journal current;
    private bool closed;

    private JournalStore(string file, Journal current) => (this.file, this.current) = (file, current);

    /// <summary>The journal as it stands.</summary>
    public Journal Current
    {
        get
        {
            lock (gate)
            {
                return current;
            }
        }
    }

    /// <summary>Why the disk does not have the last change; null if it has.</summary>
    public string? WriteFailure { get; private set; }

    /// <summary>Reads the journal; an unreadable one is put aside as <c>journal.json.unreadable</c>, and the run begins anew.</summary>
    public static JournalStore Open(string file)
    {
        if (!File.Exists(file))
        {
            return new JournalStore(file, new Journal());
        }

        try
        {
            return new JournalStore(file, JsonSerializer.Deserialize(File.ReadAllBytes(file), StateJson.Default.Journal) ?? new Journal());
        }
        catch (JsonException)
        {
            File.Move(file, file + ".unreadable", overwrite: true);
            return new JournalStore(file, new Journal { Warnings = ["journal-unreadable"] });
        }
    }

    /// <summary>The journal for a reader that changes nothing; null where it cannot be read.</summary>
    public static Journal? Peek(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), StateJson.Default.Journal);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Changes the journal and writes it.</summary>
    public void Update(Func<Journal, Journal> change)
    {
        lock (gate)
        {
            current = change(current);
            if (!closed)
            {
                Write();
            }
        }
    }

    /// <summary>Deletes the file; later changes stay in memory.</summary>
    public void Remove()
    {
        lock (gate)
        {
            closed = true;
            File.Delete(file);
        }
    }

    private void Write()
    {
        try
        {
            PrivateFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(current, StateJson.Default.Journal));
            WriteFailure = null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            WriteFailure = exception.Message;
        }
    }
}
