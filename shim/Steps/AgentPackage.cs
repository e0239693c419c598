using System.Security.Cryptography;
using System.Text;
using Prestage.Shim.Commands;
using Prestage.Shim.Running;
using Prestage.Shim.State;

namespace Prestage.Shim.Steps;

/// <summary>The agent's package in a directory for root alone: fetched, and believed only with the right signature.</summary>
internal sealed class AgentPackage(StepContext context)
{
    // A good package is signed rightly at once; one that was gone on with can be two halves of different ones.
    private const int Tries = 2;

    /// <summary>Between two tries to fetch or install.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The package's path, else why there is none.</summary>
    public async Task<(string? Path, StepOutcome? Problem)> FetchAsync(CancellationToken cancellationToken)
    {
        var (from, team) = (context.Settings.AgentPackageUrl, context.Settings.AgentPackageTeamId);
        var name = NameOf(from);
        var package = Path.Combine(DirectoryOf(context), name);
        context.Mac.Paths.Trust.Require(package);
        if (File.Exists(package) && await context.Mac.Packages.IsSignedByAsync(package, team, cancellationToken))
        {
            // Fetched before, and only not installed: nobody loads a hundred megabytes again for that.
            return (package, null);
        }

        for (var tried = 0; tried < Tries; tried++)
        {
            if (await context.Download.FetchAsync(from, DirectoryOf(context), name, cancellationToken) is { } failure)
            {
                return (null, new StepOutcome.Retry(Pause, failure));
            }

            if (await context.Mac.Packages.IsSignedByAsync(package, team, cancellationToken))
            {
                return (package, null);
            }

            Delete(context);
        }

        return (null, new StepOutcome.Stop(ExitCode.Unfinished, "agent-signature", $"{from} is not an installer package signed by team {team}."));
    }

    public static void Delete(StepContext context) => WholeDirectory.Delete(DirectoryOf(context));

    // Another address is another package; the earlier one may still be read by its installation.
    private static string NameOf(Uri from) => $"jumpcloud-agent-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(from.AbsoluteUri)))[..16]}.pkg";

    private static string DirectoryOf(StepContext context) => context.Mac.Paths.AgentDownload;
}
