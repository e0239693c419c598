using Microsoft.Azure.Functions.Worker;

namespace Prestage.Functions.Background.Reconcile;

/// <summary>Every five minutes: finds what was left behind, and deletes what is old.</summary>
internal sealed class ReconcileFunction(EnrollmentReconcile reconcile)
{
    [Function("Reconcile")]
    public Task RunAsync([TimerTrigger("0 */5 * * * *", UseMonitor = true)] TimerInfo timer, FunctionContext context) =>
        reconcile.RunAsync(context.CancellationToken);
}
