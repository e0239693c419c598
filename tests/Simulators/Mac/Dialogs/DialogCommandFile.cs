namespace Prestage.Simulators.Mac.Dialogs;

/// <summary>swiftDialog's command file as its parser reads it: a line is a command, and what was there before the start is ignored.</summary>
internal sealed class DialogCommandFile(string file, ShownWindow window)
{
    private static readonly string[] Verbs = ["title:", "message:", "progress:", "progresstext:", "listitem:", "button1:", "button1text:", "infobox:", "infotext:", "icon:"];
    private static readonly string[] RowKeys = ["index", "title", "status", "statustext"];
    private long at = File.Exists(file) ? new FileInfo(file).Length : 0;

    /// <summary>Takes what is new; the exit code where it ends the window.</summary>
    public int? Read()
    {
        if (!File.Exists(file) || new FileInfo(file).Length <= at)
        {
            return null;
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = at;
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        at = stream.Position;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            window.AddCommand(line);
            if (Obey(line) is { } end)
            {
                return end;
            }
        }

        return null;
    }

    private int? Obey(string line)
    {
        var verb = line.Split(' ')[0];
        if (verb == "quit:")
        {
            return 5;
        }

        if (!Verbs.Contains(verb))
        {
            window.AddFault($"there is no command {verb}");
        }
        else if (verb == "listitem:" && !IsRow(line["listitem: ".Length..]))
        {
            // The parser indexes past its array here, and the application dies.
            window.AddFault("a listitem that kills swiftDialog");
            return 134;
        }

        return null;
    }

    private bool IsRow(string rest)
    {
        var parts = rest.Split(',').Select(part => part.Trim().Split(": ")).ToArray();
        return parts.All(part => part.Length == 2 && RowKeys.Contains(part[0]))
            && parts.Any(part => part[0] == "index" && int.TryParse(part[1], out var index) && index < DialogCheck.Objects(window.Content, "listitem").Count());
    }
}
