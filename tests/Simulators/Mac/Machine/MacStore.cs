using System.Text.Json;

namespace Prestage.Simulators.Mac.Machine;

/// <summary>The one state of a simulated Mac: atomic changes, a signal after each, and a JSON copy for people beside the root.</summary>
internal sealed class MacStore(MacState initial, string stateFile)
{
    private readonly Lock gate = new();
    private MacState current = initial;
    private TaskCompletionSource changed = Signal.New();
    private bool isOff;

    public string StateFile => stateFile;

    public MacState Current
    {
        get
        {
            lock (gate)
            {
                return current;
            }
        }
    }

    /// <summary>Completes with the next change. Take it before reading <see cref="Current"/>, so that no change falls between.</summary>
    public Task NextChange()
    {
        lock (gate)
        {
            return changed.Task;
        }
    }

    public MacState Change(Func<MacState, MacState> change)
    {
        TaskCompletionSource signal;
        MacState after;
        lock (gate)
        {
            after = change(current);
            if (ReferenceEquals(after, current))
            {
                return after;
            }

            current = after;
            Write(after);
            (signal, changed) = (changed, Signal.New());
        }

        signal.TrySetResult();
        return after;
    }

    /// <summary>Writes the state file as it stands.</summary>
    public void Save()
    {
        lock (gate)
        {
            Write(current);
        }
    }

    /// <summary>From now on nothing is written: whoever owns the directory may delete it.</summary>
    public void SwitchOff()
    {
        lock (gate)
        {
            isOff = true;
        }
    }

    private void Write(MacState state)
    {
        if (isOff)
        {
            return;
        }

        var next = stateFile + ".next";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(state, MacJson.Default.MacState));
        File.Move(next, stateFile, overwrite: true);
    }
}
