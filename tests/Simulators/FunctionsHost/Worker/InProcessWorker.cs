using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Prestage.Simulators.Processes;

namespace Prestage.Simulators.FunctionsHost.Worker;

/// <summary>
/// Runs the worker in this process, so that a test has its clock, log and parts. <paramref name="build"/> makes the worker's host with the
/// configuration of the start; its Kestrel must listen on a port of its own (port 0), since the worker chooses one port for the whole
/// process.
/// </summary>
internal sealed class InProcessWorkerLauncher(Func<WorkerStart, IHost> build) : IWorkerLauncher
{
    /// <inheritdoc/>
    public async Task<IWorker> LaunchAsync(WorkerStart start, Action<ChildLine> onLine, CancellationToken cancellationToken)
    {
        // The worker looks for host.json and its assembly here, once for the process.
        Environment.SetEnvironmentVariable("FUNCTIONS_APPLICATION_DIRECTORY", start.Folder);
        Environment.SetEnvironmentVariable("FUNCTIONS_WORKER_DIRECTORY", start.Folder);
        var host = build(start);
        await host.StartAsync(cancellationToken);
        return new InProcessWorker(host);
    }

    private sealed class InProcessWorker : IWorker
    {
        private readonly IHost host;
        private readonly CancellationTokenSource killed = new();

        public InProcessWorker(IHost host)
        {
            this.host = host;
            HttpAddress = new(
                host.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
            Exited = RunAsync();
        }

        public int ProcessId => Environment.ProcessId;

        public Task<int> Exited { get; }

        public Uri? HttpAddress { get; }

        public IReadOnlyList<string> Errors => [];

        public void Kill()
        {
            if (!Exited.IsCompleted)
            {
                killed.Cancel();
            }
        }

        public async ValueTask DisposeAsync()
        {
            Kill();
            await Exited;
            killed.Dispose();
        }

        private async Task<int> RunAsync()
        {
            const int Sigkill = 137;
            var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var byItself = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(
                () => stopping.TrySetResult());
            await using var byForce = killed.Token.Register(() => stopping.TrySetResult());
            await stopping.Task;
            var code = killed.IsCancellationRequested ? Sigkill : 0;
            try
            {
                await host.StopAsync(killed.Token);
            }
            catch (OperationCanceledException) when (killed.IsCancellationRequested)
            {
                // What still ran is cut off, as by a kill.
            }

            await ((IAsyncDisposable)host).DisposeAsync();
            return code;
        }
    }
}
