using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>Jobs of launchd's domain <c>system</c>.</summary>
internal sealed class LaunchdJobs(CommandRunner commands)
{
    public async Task<bool> IsLoadedAsync(string label, CancellationToken cancellationToken) =>
        (await commands.RunAsync(Tool.Launchctl, ["print", $"system/{label}"], cancellationToken)).Succeeded;

    /// <summary>Asks launchd to end and forget the job; it does so a little later. Nothing to do where it is not loaded.</summary>
    public Task BootOutAsync(string label, CancellationToken cancellationToken) =>
        commands.RunAsync(Tool.Launchctl, ["bootout", $"system/{label}"], cancellationToken);
}
