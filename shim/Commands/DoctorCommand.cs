using System.Text.Json;
using Prestage.Shim.Doctor;
using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.Settings;
using Prestage.Shim.State;
using Prestage.Shim.Ui.SwiftDialog;

namespace Prestage.Shim.Commands;

/// <summary><c>prestage doctor</c>: looks at everything that an enrollment needs, changes nothing, and says what to do.</summary>
internal sealed class DoctorCommand(MacPaths paths, TimeProvider time)
{
    public async Task<ExitCode> RunAsync(bool asJson, TextWriter output, CancellationToken cancellationToken)
    {
        var commands = new CommandRunner(paths, time);
        var ownership = new OwnershipChecks(paths);
        var owners = ownership.Check();
        if (!ownership.StopsEverything && !await new Machine(commands).IsRootAsync(cancellationToken))
        {
            await Console.Error.WriteLineAsync("prestage must be started as root.");
            return ExitCode.NotRoot;
        }

        // If macOS's own tools are not root's, none is asked for anything.
        var findings = ownership.StopsEverything ? owners : [.. owners, .. await ExamineAsync(commands, cancellationToken)];
        var worst = findings.Max(finding => finding.Verdict);
        if (asJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(new Diagnosis(ProgramVersion.Text, worst, findings), DoctorJson.Default.Diagnosis));
        }
        else
        {
            Show(findings, output);
        }

        return worst switch { Verdict.Ok => ExitCode.Done, Verdict.Warning => ExitCode.Warnings, _ => ExitCode.Unfit };
    }

    private async Task<IReadOnlyList<Finding>> ExamineAsync(CommandRunner commands, CancellationToken cancellationToken)
    {
        var mac = new MacSystem(paths, commands, time);
        var state = new StateDirectory(paths);
        var onMac = new MacChecks(mac);
        var jobs = new JobChecks(mac, state);
        using var network = Composition.Network(followRedirects: false, time);
        using var http = Composition.Client(network);
        var service = new ServiceChecks(network, http, time);

        var (findings, settings) = await SettingsChecks.CheckAsync(new SettingsReader(paths, commands), cancellationToken);
        List<Finding> all =
        [
            .. findings,
            await onMac.VersionAsync(cancellationToken),
            await onMac.DiskAsync(cancellationToken),
            await onMac.ManagementAsync(cancellationToken),
            await onMac.BootstrapTokenAsync(cancellationToken),
            await onMac.FileVaultAsync(state.HasReceipt, cancellationToken),
            onMac.Privacy(settings?.DeleteEnrollmentUser ?? true),
            await jobs.DaemonAsync(cancellationToken),
            await jobs.AgentAsync(cancellationToken),
        ];
        if (settings is not null)
        {
            var journal = File.Exists(state.JournalFile) ? JournalStore.Peek(state.JournalFile) : null;
            all.AddRange(await service.ServiceAsync(settings, cancellationToken));
            all.Add(await service.DirectoryAsync(settings, cancellationToken));
            var window = new SwiftDialogPackage(settings, mac, commands, new PackageDownload(http, time));
            all.Add(await service.WindowAsync(settings, window, cancellationToken));
            all.AddRange(await new AccountChecks(mac, journal).CheckAsync(settings, cancellationToken));
        }

        return all;
    }

    private static void Show(IReadOnlyList<Finding> findings, TextWriter output)
    {
        foreach (var finding in findings)
        {
            output.WriteLine($"{Word(finding.Verdict),-8} {finding.Check,-16} {finding.Found}");
            if (finding.Fix is { } fix)
            {
                output.WriteLine($"{string.Empty,-25} → {fix}");
            }
        }

        output.WriteLine($"{Count(Verdict.Ok)} ok, {Count(Verdict.Warning)} warnings, {Count(Verdict.Failed)} failed");

        int Count(Verdict verdict) => findings.Count(finding => finding.Verdict == verdict);
    }

    private static string Word(Verdict verdict) => verdict switch { Verdict.Ok => "ok", Verdict.Warning => "warning", _ => "failed" };
}
