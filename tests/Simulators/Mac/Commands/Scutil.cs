using System.Text;
using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>scutil</c>: the dynamic store by standard input, and a few arguments.</summary>
internal static class Scutil
{
    public static async Task<CommandAnswer> RunAsync(CommandCall call)
    {
        if (call.Option("-r") is { } host)
        {
            return CommandAnswer.Ok(host is "127.0.0.1" or "localhost" ? "Reachable,Local Address\n" : "Reachable\n");
        }

        if (call.Option("--get") is { } name)
        {
            return name is "ComputerName" or "LocalHostName" or "HostName"
                ? CommandAnswer.Ok(call.Options.Hostname + "\n")
                : CommandAnswer.Failed(1, $"{name}: not set\n");
        }

        var output = new StringBuilder();
        while (await call.ReadLineAsync() is { } line && line.Trim() is not ("quit" or "exit"))
        {
            output.Append(line.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
            {
                ["show", "State:/Users/ConsoleUser"] => ConsoleScreen.Show(call.State),
                ["show", ..] => "  No such key\n",
                _ => string.Empty,
            });
        }

        return CommandAnswer.Ok(output.ToString());
    }
}
