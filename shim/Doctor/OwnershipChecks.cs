using Prestage.Shim.Mac;

namespace Prestage.Shim.Doctor;

/// <summary>Whether root alone can change what root runs and believes: nothing else is used.</summary>
internal sealed class OwnershipChecks(MacPaths paths)
{
    private const string Name = "ownership";
    private const string Fix = "Give it back to root, and take the right to write away from group and others: "
        + "sudo chown root:wheel <path>; sudo chmod go-w <path>";

    /// <summary>Whether not even macOS's own tools can be run.</summary>
    public bool StopsEverything { get; private set; }

    /// <summary>One finding for each path that others can change; none where all is well.</summary>
    public IReadOnlyList<Finding> Check()
    {
        var tools = Refusals(Tool.All.Select(paths.Of));
        StopsEverything = tools.Count > 0;
        string[] files =
        [
            paths.StateDirectory, paths.ConfigFile, paths.TokenAdmin, paths.ManagedPreferences, paths.LogFile, paths.WindowDirectory, paths.AgentDownload,
            paths.WindowDownload, paths.Program, paths.LaunchDaemon, paths.Agent,
        ];
        var all = tools.Concat(Refusals(files)).Distinct().ToList();
        return [.. all.Select(refusal => Finding.Failed(Name, $"{refusal}.", Fix))];
    }

    private List<string> Refusals(IEnumerable<string> files) => [.. files.Select(paths.Trust.Refusal).OfType<string>().Distinct()];
}
