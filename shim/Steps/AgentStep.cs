using Prestage.Shim.Commands;
using Prestage.Shim.Languages;
using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;

namespace Prestage.Shim.Steps;

/// <summary>4: the JumpCloud agent, installed from a checked package and registered.</summary>
/// <param name="patience">How long a started agent may take to register; 90 s unless told, and three times that after its restart.</param>
internal sealed class AgentStep(TimeSpan? patience = null) : IStep
{
    private const int InstallTries = 3;
    private readonly TimeSpan patience = patience ?? TimeSpan.FromSeconds(90);
    private readonly TimeSpan pause = patience < AgentPackage.Pause ? patience.Value : AgentPackage.Pause;

    public string Name => StepNames.Agent;

    public TimeSpan Deadline => TimeSpan.FromMinutes(45);

    public Phrase Sentence => Words.StepAgent;

    public string SupportCode => "ps-04";

    public string Plan(ShimSettings settings) =>
        $"download {settings.AgentPackageUrl}, require the signature of team {settings.AgentPackageTeamId}, install it, wait until it is registered";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var agent = context.Mac.Agent;
        try
        {
            if ((agent.ReadSystemId() is null || !await context.Mac.Jobs.IsLoadedAsync(JumpCloudAgent.JobLabel, cancellationToken)) && await BringUpAsync(context, cancellationToken) is { } problem)
            {
                return problem;
            }
        }
        finally
        {
            // The key has done its work, or the next try writes it anew.
            agent.DeleteBootstrap();
            context.Mac.ServiceAccount.Delete();
        }

        context.Log.Info($"This Mac is system {agent.ReadSystemId()}");
        await context.Reporter.SendWaitingAsync(cancellationToken);
        return new StepOutcome.Done();
    }

    private async Task<StepOutcome?> BringUpAsync(StepContext context, CancellationToken cancellationToken)
    {
        var agent = context.Mac.Agent;
        agent.WriteBootstrap(context.Settings.ConnectKey);
        if (await context.Mac.Packages.HasReceiptAsync(JumpCloudAgent.PackageId, cancellationToken) && await context.Mac.Jobs.IsLoadedAsync(JumpCloudAgent.JobLabel, cancellationToken))
        {
            // An earlier start installed it and nobody saw it register: what it lacks may be no more than the key.
            await agent.RestartAsync(cancellationToken);
            if (await IsRegisteredAsync(patience))
            {
                return null;
            }

            await context.Reporter.WarnAsync(Name, "agent-reinstalled", "An installed agent did not register and is installed again.", cancellationToken);
        }

        if (await InstallAsync(context, cancellationToken) is { } problem)
        {
            return problem;
        }

        if (await IsRegisteredAsync(patience))
        {
            return null;
        }

        await context.Reporter.WarnAsync(Name, "agent-restarted", "The agent did not register in time and was restarted.", cancellationToken);
        await agent.RestartAsync(cancellationToken);
        return await IsRegisteredAsync(3 * patience)
            ? null
            : new StepOutcome.Stop(ExitCode.Unfinished, "agent-not-registered", "The agent does not register: is the connect key valid, and JumpCloud reachable?");

        Task<bool> IsRegisteredAsync(TimeSpan limit) =>
            Poll.UntilAsync(_ => Task.FromResult(agent.ReadSystemId() is not null), limit, context.Time, cancellationToken);
    }

    private async Task<StepOutcome?> InstallAsync(StepContext context, CancellationToken cancellationToken)
    {
        for (var tried = 1; ; tried++)
        {
            var (package, problem) = await new AgentPackage(context).FetchAsync(cancellationToken);
            if (package is null)
            {
                return problem;
            }

            await OrderServiceAccountAsync(context, cancellationToken);
            var said = await context.Mac.Packages.InstallAsync(package, cancellationToken);
            if (await IsInstalledAsync(context, said, cancellationToken))
            {
                AgentPackage.Delete(context);
                return null;
            }

            if (tried == InstallTries || said.TimedOut)
            {
                if (!said.TimedOut)
                {
                    // The next start fetches what is there then.
                    AgentPackage.Delete(context);
                }

                return new StepOutcome.Stop(ExitCode.Unfinished, "agent-not-installed", $"The agent's package is not installed (installer: {said.Text.Trim()}).");
            }

            context.Log.Info($"The agent's package is not installed (installer: {said.Text.Trim()}); trying again");
            await Task.Delay(pause, context.Time, cancellationToken);
        }
    }

    // Its own word counts together with the job that it must have loaded: the receipt's id is JumpCloud's to change.
    private static async Task<bool> IsInstalledAsync(StepContext context, CommandResult said, CancellationToken cancellationToken) =>
        context.Mac.Agent.ReadSystemId() is not null
        || await context.Mac.Packages.HasReceiptAsync(JumpCloudAgent.PackageId, cancellationToken)
        || (said.Succeeded && await context.Mac.Jobs.IsLoadedAsync(JumpCloudAgent.JobLabel, cancellationToken));

    private async Task OrderServiceAccountAsync(StepContext context, CancellationToken cancellationToken)
    {
        switch (context.Settings.AgentServiceAccount)
        {
            case ServiceAccount.Create when await context.Mac.TokenAdmin.ReadAsync(cancellationToken) is { } admin:
                context.Mac.ServiceAccount.Create(admin);
                break;
            case ServiceAccount.Create:
                await context.Reporter.WarnAsync(Name, "service-account-unavailable", $"The service account needs {TokenAdminFile.Rule}: there is none.", cancellationToken);
                context.Mac.ServiceAccount.Skip();
                break;
            case ServiceAccount.Skip:
                context.Mac.ServiceAccount.Skip();
                break;
        }
    }
}
