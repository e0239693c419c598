using System.Globalization;
using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.State;

namespace Prestage.Shim.Commands;

/// <summary><c>prestage status</c>: the receipt of a finished enrollment, else what the journal has open.</summary>
internal sealed class StatusCommand(MacPaths paths, TimeProvider time)
{
    public async Task<ExitCode> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        if (!await new Machine(new CommandRunner(paths, time)).IsRootAsync(cancellationToken))
        {
            await output.WriteLineAsync("prestage must be started as root.");
            return ExitCode.NotRoot;
        }

        var state = new StateDirectory(paths);
        if (state.HasReceipt)
        {
            ShowReceipt(state.ReadReceipt(), output);
        }
        else if (File.Exists(state.JournalFile))
        {
            ShowJournal(JournalStore.Peek(state.JournalFile), output);
        }
        else
        {
            await output.WriteLineAsync("Not started.");
        }

        return ExitCode.Done;
    }

    private static void ShowReceipt(Receipt? receipt, TextWriter output)
    {
        if (receipt is null)
        {
            output.WriteLine("Enrolled. The receipt cannot be read.");
            return;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Enrolled at {receipt.At:yyyy-MM-dd HH:mm:ss}Z: {receipt.Outcome}."));
        output.WriteLine($"Enrollment {receipt.EnrollmentId}, account {receipt.Username}, Secure Token {(receipt.SecureToken ? "yes" : "no")}.");
        ShowSteps(receipt.Seconds, receipt.Left, receipt.Warnings, output);
    }

    private static void ShowJournal(Journal? journal, TextWriter output)
    {
        if (journal is null)
        {
            output.WriteLine("The journal cannot be read; the next run begins anew.");
            return;
        }

        output.WriteLine($"Open step: {journal.Step ?? "the first"}. Enrollment {journal.EnrollmentId ?? "none yet"}, account {journal.Account?.Username ?? "none yet"}.");
        ShowSteps(journal.Seconds, journal.Left, journal.Warnings, output);
    }

    private static void ShowSteps(
        IReadOnlyDictionary<string, double> seconds, IReadOnlyDictionary<string, string> left, IReadOnlyList<string> warnings, TextWriter output)
    {
        foreach (var (name, took) in seconds)
        {
            var reason = left.TryGetValue(name, out var why) ? $"  left: {why}" : string.Empty;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-24}{took,8:0.00} s{reason}"));
        }

        foreach (var warning in warnings)
        {
            output.WriteLine($"  warning: {warning}");
        }
    }
}
