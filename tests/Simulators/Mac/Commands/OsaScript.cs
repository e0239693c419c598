using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Dialogs;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>osascript</c>: the logout event to loginwindow by <c>-e</c>; dialogs and notifications by <c>-</c>, whose texts are arguments.</summary>
internal static class OsaScript
{
    private const string Unknown = "0:0: execution error: The simulated Mac does not know this script. (-2700)\n";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    public static async Task<CommandAnswer> RunAsync(CommandCall call)
    {
        if (call.Arguments is ["-", .. var texts])
        {
            return await ShowAsync(call, await ReadScriptAsync(call), texts);
        }

        var script = string.Join('\n', call.Arguments.Where((_, at) => at > 0 && call.Arguments[at - 1] == "-e"));
        return script.Contains("aevtrlgo", StringComparison.Ordinal) ? LogOut(call) : CommandAnswer.Failed(1, Unknown);
    }

    private static async Task<CommandAnswer> ShowAsync(CommandCall call, string script, string[] texts)
    {
        if (call.State.Console?.Uid != call.Uid)
        {
            return CommandAnswer.Failed(1, "0:0: execution error: No user interaction allowed. (-1713)\n");
        }

        if (!script.Contains("item 1 of argv", StringComparison.Ordinal) || texts.Length < 2)
        {
            return CommandAnswer.Failed(1, Unknown);
        }

        var asks = script.Contains("default answer", StringComparison.Ordinal);
        var content = new JsonObject { ["title"] = texts[0], ["message"] = texts[1] };
        if (asks)
        {
            content["hidden"] = script.Contains("with hidden answer", StringComparison.Ordinal);
        }

        var window = call.Mac.Dialogs.Add(new ShownWindow("osascript", call.Uid, content));
        var answer = new CommandAnswer(143);
        try
        {
            return answer = asks ? await AnswerAsync(call, window, script, texts) : await ReadAsync(call, window, script, texts);
        }
        finally
        {
            call.Mac.Dialogs.End(window, answer.ExitCode);
        }
    }

    // A notification goes by itself.
    private static async Task<CommandAnswer> ReadAsync(CommandCall call, ShownWindow window, string script, string[] texts)
    {
        if (!script.Contains("display dialog", StringComparison.Ordinal) || call.Options.Person is not { ClosesNotices: false })
        {
            return CommandAnswer.Silent;
        }

        return await StaysAsync(call, window, GivesUpAfter(script, texts)) ? CommandAnswer.Ok("button returned:, gave up:true\n") : new CommandAnswer(143);
    }

    private static async Task<CommandAnswer> AnswerAsync(CommandCall call, ShownWindow window, string script, string[] texts)
    {
        var person = call.Options.Person;
        var act = call.Mac.Dialogs.NextAct(person?.Acts ?? []) ?? new PersonAct();
        var typed = string.Concat(texts[1].Split('\n')[^1].Where(c => c is not ('\u2068' or '\u2069')));
        if (typed == "Password")
        {
            person?.Read(texts[1]);
        }

        switch (act.Kind)
        {
            case ActKind.Leave when !await StaysAsync(call, window, GivesUpAfter(script, texts)):
                return new CommandAnswer(143);
            case ActKind.Leave:
                // What was typed by then is returned with "gave up:true".
                return CommandAnswer.Ok((script.Contains("if gave up of reply then return \"\"", StringComparison.Ordinal) ? null : act.Values.GetValueOrDefault(typed)) + "\n");
        }

        return act.Kind switch
        {
            ActKind.Close => CommandAnswer.Failed(1, "0:0: execution error: User canceled. (-128)\n"),
            ActKind.Crash => new CommandAnswer(134),
            _ => CommandAnswer.Ok((act.Values.GetValueOrDefault(typed) ?? RightAnswer(person, typed)) + "\n"),
        };
    }

    // Until it gives up by itself: true; false where the session ends before.
    private static async Task<bool> StaysAsync(CommandCall call, ShownWindow window, TimeSpan? longest)
    {
        var gone = call.GoneAsync();
        var end = Task.Delay(longest ?? Timeout.InfiniteTimeSpan, call.Options.Time, call.Cancel);
        while (!end.IsCompleted)
        {
            if (gone.IsCompleted)
            {
                throw new IOException("osascript was killed");
            }

            if (call.State.Console?.Uid != window.Uid)
            {
                return false;
            }

            await await Task.WhenAny(end, call.Options.NextLook?.Invoke(call.Cancel) ?? Task.Delay(Look, call.Cancel));
        }

        await end;
        return true;
    }

    private static TimeSpan? GivesUpAfter(string script, string[] texts) =>
        script.Contains("giving up after (item 4 of argv as integer)", StringComparison.Ordinal) ? TimeSpan.FromSeconds(int.Parse(texts[3], CultureInfo.InvariantCulture)) : null;

    private static string? RightAnswer(Person? person, string label) => label switch
    {
        "E-mail address" => person?.Identifier,
        "Your code" => person?.Word,
        "Password" or "Password again" => person?.Password,
        _ => null,
    };

    private static async Task<string> ReadScriptAsync(CommandCall call)
    {
        var script = new StringBuilder();
        while (await call.ReadLineAsync() is { } line)
        {
            script.Append(line).Append('\n');
        }

        return script.ToString();
    }

    /// <summary>Without a question; only the session's own user reaches its loginwindow.</summary>
    private static CommandAnswer LogOut(CommandCall call)
    {
        if (call.State.Console is not { } session || session.Uid != call.Uid)
        {
            return CommandAnswer.Failed(1, "0:0: execution error: Not authorized to send Apple events to loginwindow. (-1743)\n");
        }

        call.Do(() => call.Mac.EndSession(session.Uid));
        return CommandAnswer.Silent;
    }
}
