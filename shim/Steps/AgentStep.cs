using Prestage.Shim.Commands;
using Prestage.Shim.Languages;
using Prestage.Shim.Mac;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;

namespace Prestage.Shim.Steps;

/// <summary>4: the JumpCloud agent, installed from a checked package and registered.</summary>
internal sealed class AgentStep : IStep
{
    private const string PackageName = "jumpcloud-agent.pkg";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan SilenceAfterRestart = TimeSpan.FromMinutes(5);

    public string Name => StepNames.Agent;

    public TimeSpan Deadline => TimeSpan.FromMinutes(45);

    public Phrase Sentence => Words.StepAgent;

    public string SupportCode => "ps-04";

    public string Plan(ShimSettings settings) =>
        $"download {settings.AgentPackageUrl}, require the signature of team {settings.AgentPackageTeamId}, install it, wait until it is registered";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancel)
    {
        var agent = context.Mac.Agent;
        if (agent.ReadSystemId() is null)
        {
            if (await InstallAsync(context, cancel) is { } problem)
            {
                return problem;
            }

            if (!await IsRegisteredAsync(Silence))
            {
                await context.Reporter.WarnAsync(Name, "agent-restarted", "The agent did not register in time and was restarted.", cancel);
                await agent.RestartAsync(cancel);
                if (!await IsRegisteredAsync(SilenceAfterRestart))
                {
                    return new StepOutcome.Retry(Pause, "The agent does not register");
                }
            }
        }

        agent.DeleteBootstrap();
        context.Log.Info($"This Mac is system {agent.ReadSystemId()}");
        await context.Reporter.SendWaitingAsync(cancel);
        return new StepOutcome.Done();

        Task<bool> IsRegisteredAsync(TimeSpan limit) =>
            Poll.UntilAsync(_ => Task.FromResult(agent.ReadSystemId() is not null), limit, context.Time, cancel);
    }

    private static async Task<StepOutcome?> InstallAsync(StepContext context, CancellationToken cancel)
    {
        var directory = Path.Combine(context.Mac.Paths.StateDirectory, "download");
        var package = Path.Combine(directory, PackageName);
        try
        {
            if (await context.Download.FetchAsync(context.Settings.AgentPackageUrl, directory, PackageName, cancel) is { } failure)
            {
                return new StepOutcome.Retry(Pause, failure);
            }

            if (!await context.Mac.Packages.IsSignedByAsync(package, context.Settings.AgentPackageTeamId, cancel))
            {
                return new StepOutcome.Stop(
                    ExitCode.Unfinished,
                    "agent-signature",
                    $"{context.Settings.AgentPackageUrl} is not an installer package signed by team {context.Settings.AgentPackageTeamId}.");
            }

            context.Mac.Agent.WriteBootstrap(context.Settings.ConnectKey);
            var said = await context.Mac.Packages.InstallAsync(package, cancel);
            return await context.Mac.Packages.HasReceiptAsync(JumpCloudAgent.PackageId, cancel) || context.Mac.Agent.ReadSystemId() is not null
                ? null
                : new StepOutcome.Retry(Pause, $"The agent's package is not installed (installer: {said.Text.Trim()})");
        }
        finally
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }
}
