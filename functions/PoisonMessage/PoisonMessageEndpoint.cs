using Prestage.Functions.Hosting;

namespace Prestage.Functions.PoisonMessage;

/// <summary>The queue trigger: the Functions host posts each message that it has given up to <c>/PoisonMessage</c>.</summary>
internal static class PoisonMessageEndpoint
{
    public static void MapPoisonMessage(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/PoisonMessage", HandleAsync).AddEndpointFilter<TriggerGuard>();

    internal static async Task<IResult> HandleAsync(HttpRequest request, EnrollmentPoison poison, CancellationToken cancellationToken)
    {
        var envelope = await TriggerEnvelope.ReadAsync(request, "message", cancellationToken);
        await poison.TakeAsync(envelope.Text, cancellationToken);
        return TriggerEnvelope.Done;
    }
}
