using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>osascript -e script</c>: the logout event to loginwindow, and dialogs that are answered with OK.</summary>
internal static class OsaScript
{
    public static CommandAnswer Run(CommandCall call)
    {
        var script = string.Join('\n', call.Arguments.Where((_, at) => at > 0 && call.Arguments[at - 1] == "-e"));
        if (script.Contains("aevtrlgo", StringComparison.Ordinal))
        {
            return LogOut(call);
        }

        return script.Contains("display dialog", StringComparison.Ordinal)
            ? CommandAnswer.Ok("button returned:OK\n")
            : CommandAnswer.Failed(1, "0:0: execution error: The simulated Mac does not know this script. (-2700)\n");
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
