using System.Text.Json.Nodes;

namespace Prestage.Simulators.Mac.Dialogs;

/// <summary>A window or dialog that was shown: what made it, what was done with it, and what the program that showed it did wrong. Never an answer.</summary>
internal sealed class ShownWindow(string program, int uid, JsonObject content)
{
    /// <summary>Whether the person has read it.</summary>
    public bool IsRead { get; set; }

    private readonly Lock gate = new();
    private readonly List<string> commands = [];
    private readonly List<string> faults = [];
    private readonly List<string> opened = [];

    /// <summary>Such as <c>dialog 3.0.1</c>.</summary>
    public string Program => program;

    /// <summary>Whose session it was in.</summary>
    public int Uid => uid;

    public JsonObject Content => content;

    /// <summary>Null while it is shown.</summary>
    public int? ExitCode { get; set; }

    public IReadOnlyList<string> Commands => Copy(commands);

    /// <summary>What the real program would stumble over, leak or ignore. Must be empty.</summary>
    public IReadOnlyList<string> Faults => Copy(faults);

    /// <summary>The pages that its info button has opened in the browser.</summary>
    public IReadOnlyList<string> Opened => Copy(opened);

    public bool Asks => content.ContainsKey("textfield") || content.ContainsKey("hidden");

    public void AddCommand(string line) => Add(commands, line);

    public void AddFault(string fault) => Add(faults, fault);

    public void Open(string page) => Add(opened, page);

    public string ToJson() => new JsonObject
    {
        ["program"] = program,
        ["uid"] = uid,
        ["exitCode"] = ExitCode,
        ["content"] = content.DeepClone(),
        ["commands"] = new JsonArray([.. Commands.Select(line => (JsonNode)line)]),
        ["faults"] = new JsonArray([.. Faults.Select(line => (JsonNode)line)]),
    }.ToJsonString();

    private void Add(List<string> to, string line)
    {
        lock (gate)
        {
            to.Add(line);
        }
    }

    private string[] Copy(List<string> from)
    {
        lock (gate)
        {
            return [.. from];
        }
    }
}

/// <summary>Everything that was shown, in order of its start; each one that ended is a line of a file too, for other processes.</summary>
internal sealed class MacDialogs(string file)
{
    private readonly Lock gate = new();
    private readonly List<ShownWindow> shown = [];
    private int acts;

    /// <summary>JSON lines, beside the Mac's root.</summary>
    public string File => file;

    public IReadOnlyList<ShownWindow> Shown
    {
        get
        {
            lock (gate)
            {
                return [.. shown];
            }
        }
    }

    /// <summary>Told of each as it is shown.</summary>
    public Action<ShownWindow>? OnShown { get; set; }

    public ShownWindow Add(ShownWindow window)
    {
        lock (gate)
        {
            shown.Add(window);
        }

        OnShown?.Invoke(window);
        return window;
    }

    public void End(ShownWindow window, int exitCode)
    {
        window.ExitCode = exitCode;
        lock (gate)
        {
            System.IO.File.AppendAllText(file, window.ToJson() + "\n");
        }
    }

    /// <summary>Told of each act.</summary>
    public Action<PersonAct>? OnAct { get; set; }

    /// <summary>What the person does next; null once all acts are played.</summary>
    public PersonAct? NextAct(IReadOnlyList<PersonAct> all)
    {
        PersonAct? act;
        lock (gate)
        {
            act = acts < all.Count ? all[acts++] : null;
        }

        if (act is not null)
        {
            OnAct?.Invoke(act);
        }

        return act;
    }
}
