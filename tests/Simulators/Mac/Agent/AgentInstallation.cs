using System.Security.Cryptography;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Commands;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Agent;

/// <summary>What the agent's package does when it is installed.</summary>
internal static class AgentInstallation
{
    /// <summary>False where no bootstrap file with a connect key lies ready: the package's script fails then.</summary>
    public static bool TryRun(CommandCall call)
    {
        var agent = call.Mac.Agent;
        if (agent.Files.ReadConnectKey() is not { } connectKey)
        {
            return false;
        }

        call.Do(() =>
        {
            if (agent.Files.TakeServiceAccountOrder() is var (admin, password))
            {
                call.Change(state => AddServiceAccount(state, admin, password));
            }

            agent.Files.WriteJob(SimulatedAgent.Label);
            call.Change(state => LaunchctlJobs.Load(state, SimulatedAgent.Label, $"/Library/LaunchDaemons/{SimulatedAgent.Label}.plist"));
            agent.Install(connectKey);
        });
        return true;
    }

    // It holds a token of its own, and gives tokens to the people the agent manages.
    private static MacState AddServiceAccount(MacState state, string admin, string password) =>
        state.Find(admin) is { Password: { } digest } user && digest.Matches(password) && AccountRules.CanAuthorise(state, user)
            ? state with
            {
                Users = state.Users.SetItem(AccountRules.ServiceAccount, new MacUser
                {
                    ShortName = AccountRules.ServiceAccount,
                    Uid = 398,
                    FullName = "JumpCloud Service Account",
                    Home = "/var/empty",
                    GeneratedUid = AccountRules.NewGuid(),
                    SecureToken = true,
                    Password = PasswordDigest.Of(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))),
                    Attributes = state.Users["root"].Attributes.SetItem("IsHidden", "1"),
                }),
            }
            : state;
}
