using System.Text.Json.Nodes;
using Prestage.Simulators.Processes;

namespace Prestage.Simulators.FunctionsHost.Worker;

/// <summary>
/// Starts the worker of a folder as a child process that cannot outlive this one (<see cref="BoundProcess"/>); <paramref name="byGuard"/>
/// below a guard, also where the kernel would do.
/// </summary>
internal sealed class ChildWorkerLauncher(bool byGuard = false) : IWorkerLauncher
{
    /// <inheritdoc/>
    public async Task<IWorker> LaunchAsync(WorkerStart start, Action<ChildLine> onLine, CancellationToken cancellationToken)
    {
        var file = Path.Combine(start.Folder, "worker.config.json");
        if (!File.Exists(file))
        {
            throw new InvalidDataException($"{file} is missing: this is no folder of an isolated worker.");
        }

        var description = JsonNode.Parse(await File.ReadAllTextAsync(file, cancellationToken))!["description"]!;
        var program = description["defaultExecutablePath"]!.ToString().Replace(
            "{WorkerRoot}", start.Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        var path = Path.Combine(start.Folder, description["defaultWorkerPath"]!.ToString());
        var environment = new Dictionary<string, string?>(start.Settings)
        {
            ["FUNCTIONS_WORKER_DIRECTORY"] = start.Folder,
            ["FUNCTIONS_APPLICATION_DIRECTORY"] = start.Folder,
            ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
            ["FUNCTIONS_WORKER_RUNTIME_VERSION"] = "10.0",
        };
        return new ChildWorker(await BoundProcess.StartAsync(
            new(program, [path, .. start.Arguments]) { WorkingDirectory = start.Folder, Environment = environment, OnLine = onLine },
            bySignal: !byGuard && BoundProcess.HasSignal));
    }

    private sealed class ChildWorker(ChildProcess process) : IWorker
    {
        private const int ErrorLines = 20;

        public int ProcessId => process.Pid;

        public Task<int> Exited => process.Exited;

        public Uri? HttpAddress => null;

        public IReadOnlyList<string> Errors => [.. process.Errors.TakeLast(ErrorLines)];

        public void Kill() => process.Kill(entireTree: true);

        public ValueTask DisposeAsync() => process.DisposeAsync();
    }
}
