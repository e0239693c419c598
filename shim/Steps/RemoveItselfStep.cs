using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text;
using Prestage.Shim.Languages;
using Prestage.Shim.Mac;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;
using Prestage.Shim.State;

namespace Prestage.Shim.Steps;

/// <summary>14: leaves a receipt, and takes away what would start this program again and what it was trusted with.</summary>
internal sealed class RemoveItselfStep : IStep
{
    private static readonly TimeSpan ReceiptPatience = TimeSpan.FromMinutes(3);

    public string Name => StepNames.RemoveItself;

    public TimeSpan Deadline => TimeSpan.FromMinutes(5);

    public Phrase Sentence => Words.StepFinish;

    public string SupportCode => "ps-14";

    public string Plan(ShimSettings settings) => "write the receipt; delete the launchd job's file, the token, the journal and the keys in config.json";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        await context.Reporter.SendWaitingAsync(cancellationToken);
        string? failure = null;
        if (!await Poll.UntilAsync(_ => Task.FromResult((failure = TryWriteReceipt(context)) is null), ReceiptPatience, context.Time, cancellationToken))
        {
            // The Mac is enrolled. Another start would only ask the person again.
            await context.Reporter.WarnAsync(Name, "receipt-missing", $"The receipt could not be written: {failure}", cancellationToken);
        }

        context.Journal.Remove();
        CleanUp(context.Mac.Paths, context.State);
        return new StepOutcome.Done();
    }

    // Null, or why not.
    private static string? TryWriteReceipt(StepContext context)
    {
        try
        {
            context.State.WriteReceipt(ReceiptOf(context.Journal.Current, context.Clock.Now));
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    private static Receipt ReceiptOf(Journal journal, DateTimeOffset now) => new(
        now,
        journal.EnrollmentId,
        journal.State == EnrollmentState.Completed ? "completed" : "unknown",
        journal.Account?.Username,
        journal.SecureToken ?? false,
        journal.Seconds,
        journal.Left,
        journal.Warnings);

    /// <summary>What is left to take away once the receipt is there; a later start repeats it after a crash.</summary>
    public static void CleanUp(MacPaths paths, StateDirectory state)
    {
        // First, so that whatever fails below is not started again for ever. launchd keeps the job until the next boot.
        if (Directory.Exists(Path.GetDirectoryName(paths.LaunchDaemon)))
        {
            File.Delete(paths.LaunchDaemon);
        }

        File.Delete(state.JournalFile);
        state.DeleteToken();
        File.Delete(paths.TokenAdmin);
        RemoveKeys(paths.ConfigFile);

        // A stopped installation may have gone on by itself; then no step looked at its package again.
        WholeDirectory.Delete(paths.AgentDownload);
        WholeDirectory.Delete(paths.WindowDownload);
    }

    private static void RemoveKeys(string file)
    {
        if (!File.Exists(file))
        {
            return;
        }

        try
        {
            if (JsonNode.Parse(File.ReadAllBytes(file)) is JsonObject config && config.Remove("connectKey") | config.Remove("deviceKey"))
            {
                PrivateFile.Write(file, Encoding.UTF8.GetBytes(config.ToJsonString()));
            }
        }
        catch (JsonException)
        {
            // Nothing can be taken out of it, and it may hold the keys.
            File.Delete(file);
        }
    }
}
