using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary>Commands that run another one. Only what lies below the root is ever run: never a program of the host's own.</summary>
internal static class Successors
{
    public static CommandAnswer Become(CommandCall call, string command, int uid, int shift)
    {
        var below = command.StartsWith(call.Files.Root + "/", StringComparison.Ordinal) ? command[call.Files.Root.Length..] : command;
        var path = below.Contains('/', StringComparison.Ordinal) ? below : CommandTable.Paths.FirstOrDefault(known => Path.GetFileName(known) == below);
        return path is not null && !path.Contains("..", StringComparison.Ordinal) && call.Mac.HasCommand(path)
            ? CommandAnswer.Become(call.Files.Of(path), uid, shift + 1)
            : CommandAnswer.Failed(127, $"{command}: No such file or directory\n");
    }
}
