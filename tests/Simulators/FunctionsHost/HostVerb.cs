using System.Collections;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Prestage.Simulators.FunctionsHost.Worker;
using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>
/// <c>prestage-sandbox host [--folder FOLDER] [--port N] [--messages FILE] [--guard]</c>: runs the worker of a folder, or else the built
/// backend, below the local Functions host with the settings of this environment. It prints one JSON line when it is ready, what the
/// worker writes, and its own log. SIGTERM, SIGINT and the end of its parent stop it. The line <c>{"kill":"worker"}</c> on standard input
/// kills the worker.
/// </summary>
internal static class HostVerb
{
    /// <summary>The line on standard input that kills the worker.</summary>
    public const string KillWorker = """{"kill":"worker"}""";

    private const int GivenUp = 1;
    private static readonly TimeSpan ParentWatch = TimeSpan.FromMilliseconds(500);

    public static async Task<int> RunAsync(string[] args)
    {
        if (!int.TryParse(VerbLifetime.Option(args, "--port") ?? "0", out var port) || port is < 0 or > 65535)
        {
            return await Usage.ShowAsync();
        }

        // Two workers can be there for a moment.
        var messages = VerbLifetime.Option(args, "--messages") is { } file
            ? TextWriter.Synchronized(new StreamWriter(file, append: true) { AutoFlush = true })
            : null;
        await using (messages)
        {
            var options = new LocalFunctionsHostOptions(VerbLifetime.Option(args, "--folder") ?? Repository.Built, Settings())
            {
                Port = port,
                OnLog = Write,
                OnWorkerMessage = messages is null ? null : messages.WriteLine,
                Launcher = new ChildWorkerLauncher(byGuard: args.Contains("--guard")),
            };
            return await RunAsync(options);
        }
    }

    private static async Task<int> RunAsync(LocalFunctionsHostOptions options)
    {
        // Before the worker starts: a signal while it does must not leave it behind.
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            signalled.TrySetResult();
        }

        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var over = new CancellationTokenSource();
        var ends = Task.WhenAny(signalled.Task, ParentGoneAsync(over.Token));
        try
        {
            var starting = LocalFunctionsHost.StartAsync(options, over.Token);
            if (await Task.WhenAny(starting, ends) != starting)
            {
                await over.CancelAsync();
            }

            await using var host = await starting;
            _ = Task.Run(() => ObeyAsync(host), over.Token);
            var ready = new JsonObject { ["ready"] = "host", ["baseUrl"] = host.BaseUrl.AbsoluteUri, ["masterKey"] = host.MasterKey };
            await VerbLifetime.ReadyAsync(ready, CancellationToken.None);
            if (await Task.WhenAny(ends, host.GivenUp) == host.GivenUp)
            {
                return GivenUp;
            }

            await host.StopAsync();
            return 0;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception exception) when (exception is InvalidDataException or WorkerStartException)
        {
            await Console.Error.WriteLineAsync($"host: {exception.Message}");
            return exception is WorkerStartException { ExitCode: not 0 } ended ? ended.ExitCode : GivenUp;
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    // What the worker wrote stays as it was.
    private static void Write(HostLogEntry entry) => (entry.Level == "Error" ? Console.Error : Console.Out).WriteLine(
        entry.Category == HostLog.ConsoleCategory ? entry.Message : $"[{entry.Level}] {entry.Category}: {entry.Message}");

    // Console streams block the thread that reads them. The end of the input means nothing: nobody may have opened one.
    private static async Task ObeyAsync(LocalFunctionsHost host)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync() is { } line)
        {
            if (line == KillWorker)
            {
                host.Worker.Kill();
            }
            else
            {
                await Console.Error.WriteLineAsync($"host: the line must be {KillWorker}");
            }
        }
    }

    // Who loses its parent gets another one.
    private static async Task ParentGoneAsync(CancellationToken cancellationToken)
    {
        var parent = ParentProcessId();
        using var timer = new PeriodicTimer(ParentWatch);
        try
        {
            while (ParentProcessId() == parent)
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // It ends otherwise.
        }
    }

    private static Dictionary<string, string?> Settings() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value, StringComparer.OrdinalIgnoreCase);

    [DllImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ParentProcessId();
}
