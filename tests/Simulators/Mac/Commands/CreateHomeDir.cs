using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>createhomedir -c -u name</c>: exit code 0 whether or not anything was made.</summary>
internal static class CreateHomeDir
{
    public static CommandAnswer Run(CommandCall call)
    {
        var first = $"creating home directories for ({call.Options.Hostname})\n";
        if (call.Option("-u") is not { } name || call.State.Find(name) is not { } user || call.Files.HasHome(user))
        {
            return CommandAnswer.Ok(first);
        }

        call.Do(() => call.Files.CreateHome(user));
        return CommandAnswer.Ok($"{first}created ({user.Home})\n");
    }
}
