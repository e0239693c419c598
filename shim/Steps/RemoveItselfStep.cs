using System.Text;
using System.Text.Json.Nodes;
using Prestage.Shim.Mac;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;
using Prestage.Shim.State;

namespace Prestage.Shim.Steps;

/// <summary>14: leaves a receipt, and takes away what would start this program again and what it was trusted with.</summary>
internal sealed class RemoveItselfStep : IStep
{
    public string Name => StepNames.RemoveItself;

    public TimeSpan Deadline => TimeSpan.FromMinutes(5);

    public string Sentence => "Done. Welcome!";

    public string SupportCode => "ps-14";

    public string Plan(ShimSettings settings) => "write the receipt; delete the launchd job's file, the token, the journal and the keys in config.json";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancel)
    {
        await context.Reporter.SendWaitingAsync(cancel);
        var journal = context.Journal.Current;
        context.State.WriteReceipt(new Receipt(
            context.Clock.Now,
            journal.EnrollmentId,
            journal.State == EnrollmentState.Completed ? "completed" : "unknown",
            journal.Account?.Username,
            journal.SecureToken ?? false,
            journal.Seconds,
            journal.Left,
            journal.Warnings));
        context.Journal.Remove();
        CleanUp(context.Mac.Paths, context.State);
        return new StepOutcome.Done();
    }

    /// <summary>What is left to take away once the receipt is there; a later start repeats it after a crash.</summary>
    public static void CleanUp(MacPaths paths, StateDirectory state)
    {
        File.Delete(state.JournalFile);
        state.DeleteToken();
        RemoveKeys(paths.ConfigFile);
        if (Directory.Exists(Path.GetDirectoryName(paths.LaunchDaemon)))
        {
            // launchd keeps the job until the next boot, and does not start it again after an exit of 0.
            File.Delete(paths.LaunchDaemon);
        }
    }

    private static void RemoveKeys(string file)
    {
        if (!File.Exists(file) || JsonNode.Parse(File.ReadAllBytes(file)) is not JsonObject config)
        {
            return;
        }

        if (config.Remove("connectKey") | config.Remove("deviceKey"))
        {
            PrivateFile.Write(file, Encoding.UTF8.GetBytes(config.ToJsonString()));
        }
    }
}
