using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Dialogs;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>dialog</c>, swiftDialog's command line, before the simulated person. Only <c>--jsonfile</c>, <c>--commandfile</c>, <c>--json</c> and <c>--version</c>.</summary>
internal static class Dialog
{
    public const string Path = "/usr/local/bin/dialog";
    public const string PackageId = "au.csiro.dialogcli";
    private const UnixFileMode OthersRead = UnixFileMode.OtherRead;
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true };
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    /// <summary>What the person types into the fields that the shim names.</summary>
    public static string? RightAnswer(Person person, string name) => name switch
    {
        "identifier" => person.Identifier,
        "secret" => person.Word,
        "password" => person.Password,
        _ => null,
    };

    public static async Task<CommandAnswer> RunAsync(CommandCall call)
    {
        var version = call.State.Receipts[PackageId].Version;
        if (Major(version) >= 3 && Major(call.Options.OsVersion) < 15)
        {
            return CommandAnswer.Failed(255, "dyld: Symbol not found: swiftDialog 3 needs macOS 15\n");
        }

        if (call.Arguments is ["--version"])
        {
            return CommandAnswer.Ok($"{version}\n");
        }

        if (call.State.Console is not { } session || (call.Uid != 0 && call.Uid != session.Uid))
        {
            return CommandAnswer.Failed(1, "ERROR: Unable to determine current GUI user\n");
        }

        return call.Arguments is ["--jsonfile", var json, "--commandfile", var commands, "--json"]
            ? await ShowAsync(call, version, session.Uid, call.Files.FromArgument(json), call.Files.FromArgument(commands))
            : CommandAnswer.Failed(1, "ERROR: unknown or missing option\n");
    }

    private static async Task<CommandAnswer> ShowAsync(CommandCall call, string version, int uid, string json, string commands)
    {
        if (!IsReadableByUser(json) || !IsReadableByUser(commands))
        {
            return CommandAnswer.Failed(202, "ERROR: the file cannot be read\n");
        }

        if (JsonNode.Parse(File.ReadAllText(json)) is not JsonObject content)
        {
            return CommandAnswer.Failed(202, "ERROR: the JSON import failed\n");
        }

        var window = call.Mac.Dialogs.Add(new ShownWindow($"dialog {version}", uid, content));
        DialogCheck.Faults(content).ToList().ForEach(window.AddFault);
        var answer = new CommandAnswer(143);
        try
        {
            return answer = await AnswerAsync(call, window, new DialogCommandFile(commands, window), Major(version));
        }
        finally
        {
            call.Mac.Dialogs.End(window, answer.ExitCode);
        }
    }

    private static async Task<CommandAnswer> AnswerAsync(CommandCall call, ShownWindow window, DialogCommandFile commands, int major)
    {
        var gone = call.GoneAsync();
        while (true)
        {
            if (commands.Read() is { } end)
            {
                return new CommandAnswer(end);
            }

            if (window.Asks && Act(call, window, major) is { } answer)
            {
                return answer;
            }

            if (gone.IsCompleted)
            {
                throw new IOException("swiftDialog was killed");
            }

            if (call.State.Console?.Uid != window.Uid)
            {
                return new CommandAnswer(143);
            }

            await (call.Options.NextLook?.Invoke(call.Cancel) ?? Task.Delay(Look, call.Cancel));
        }
    }

    // Null: the window stays.
    private static CommandAnswer? Act(CommandCall call, ShownWindow window, int major)
    {
        if (call.Options.Person is not { Patience: > 0 } person)
        {
            return null;
        }

        if (!window.IsRead)
        {
            window.IsRead = true;
            person.Read(window.Content.ToJsonString());
        }

        var act = call.Mac.Dialogs.NextAct(person.Acts) ?? new PersonAct();
        switch (act.Kind)
        {
            case ActKind.Close:
                return new CommandAnswer(major >= 3 ? 15 : 10);
            case ActKind.Inform when window.Content["infobuttonaction"] is { } page:
                window.Open((string)page!);
                return null;
            case ActKind.Leave:
                return null;
            case ActKind.Inform:
                return new CommandAnswer(3);
            case ActKind.Crash:
                return new CommandAnswer(134);
            case ActKind.Garble:
                return CommandAnswer.Ok("ERROR : something\n");
            case ActKind.Mismatch:
                return DialogCheck.Objects(window.Content, "textfield").Any(field => (bool?)field["confirm"] == true)
                    ? null
                    : throw new InvalidOperationException("nothing is to be confirmed here");
        }

        var answers = new JsonObject();
        foreach (var field in DialogCheck.Objects(window.Content, "textfield"))
        {
            var name = (string)field["name"]!;
            var typed = act.Values.GetValueOrDefault(name) ?? RightAnswer(person, name) ?? string.Empty;
            if (typed.Length == 0 && (bool?)field["required"] == true)
            {
                return null;
            }

            answers[name] = typed;
        }

        person.Patience--;

        // As SwiftyJSON prints it.
        return CommandAnswer.Ok(answers.ToJsonString(Pretty).Replace("\": ", "\" : ", StringComparison.Ordinal).Replace("/", "\\/", StringComparison.Ordinal) + "\n");
    }

    // The program runs as the person, what it is to read is root's.
    private static bool IsReadableByUser(string file) => File.Exists(file) && !OperatingSystem.IsWindows()
        && File.GetUnixFileMode(file).HasFlag(OthersRead)
        && File.GetUnixFileMode(System.IO.Path.GetDirectoryName(file)!).HasFlag(UnixFileMode.OtherExecute);

    private static int Major(string version) => int.Parse(version.Split('.')[0], CultureInfo.InvariantCulture);
}
