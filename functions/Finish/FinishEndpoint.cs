using System.Text.Json;
using Prestage.Functions.Hosting;

namespace Prestage.Functions.Finish;

/// <summary>The queue trigger: the Functions host posts each message to <c>/Finish</c>.</summary>
internal static class FinishEndpoint
{
    public static void MapFinish(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/Finish", HandleAsync).AddEndpointFilter<TriggerGuard>();

    internal static async Task<IResult> HandleAsync(HttpRequest request, EnrollmentFinish finish, CancellationToken cancellationToken)
    {
        var envelope = await TriggerEnvelope.ReadAsync(request, "message", cancellationToken);
        var message = FinishMessage.Read(envelope.Text) ?? throw new JsonException("The queue message is none of ours.");
        await finish.DeliverAsync(message, envelope.Delivery, envelope.InsertedOn, cancellationToken);
        return TriggerEnvelope.Done;
    }
}
