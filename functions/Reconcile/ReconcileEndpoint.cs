using Prestage.Functions.Hosting;

namespace Prestage.Functions.Reconcile;

/// <summary>The timer trigger: the Functions host posts to <c>/Reconcile</c>.</summary>
internal static class ReconcileEndpoint
{
    public static void MapReconcile(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/Reconcile", HandleAsync).AddEndpointFilter<TriggerGuard>();

    internal static async Task<IResult> HandleAsync(EnrollmentReconcile reconcile, CancellationToken cancellationToken)
    {
        await reconcile.RunAsync(cancellationToken);
        return TriggerEnvelope.Done;
    }
}
