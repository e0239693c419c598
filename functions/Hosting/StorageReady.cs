using Azure;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Hosting;

/// <summary>
/// Creates the tables and queues at the start, and keeps trying while the storage does not answer. Calls wait for it up to 10 s, then get 503.
/// </summary>
internal sealed partial class StorageReady(
    IReadOnlyList<TableClient> tables, IReadOnlyList<QueueClient> queues, TimeProvider clock, ILogger<StorageReady> log) : BackgroundService
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether everything is there.</summary>
    public bool IsReady => ready.Task.IsCompletedSuccessfully;

    /// <summary>Waits until everything is there.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => ready.Task.WaitAsync(cancellationToken);

    /// <summary>Waits, for a call that needs the storage, until it is ready; the answer where that takes too long, else null.</summary>
    public async Task<Problem?> RefuseAsync(HttpContext context)
    {
        if (IsReady || !NeedsStorage(context.Request.Path))
        {
            return null;
        }

        try
        {
            await ready.Task.WaitAsync(LongestWait, clock, context.RequestAborted);
            return null;
        }
        catch (TimeoutException)
        {
            return Problem.Unavailable(TimeSpan.FromSeconds(5));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.WhenAll(
                    queues.Select(queue => (Task)queue.CreateIfNotExistsAsync(cancellationToken: stoppingToken))
                        .Concat(tables.Select(table => table.CreateIfNotExistsAsync(stoppingToken))));
                ready.SetResult();
                return;
            }
            catch (RequestFailedException exception)
            {
                Log.NotReady(log, exception);
            }

            await Task.Delay(TimeSpan.FromSeconds(2), clock, stoppingToken);
        }
    }

    private static bool NeedsStorage(PathString path) => path != "/api/health" && path != "/api/portal/health";

    private static partial class Log
    {
        [LoggerMessage(8001, LogLevel.Error, "Storage: the tables or the queues cannot be created; trying again")]
        public static partial void NotReady(ILogger log, Exception reason);
    }
}
