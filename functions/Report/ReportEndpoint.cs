using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Hosting;
using Prestage.Functions.Problems;
using Prestage.Wire;

namespace Prestage.Functions.Report;

/// <summary>Keeps what the Mac wants IT to see, as an event of its enrollment, or of the Mac where it has none yet.</summary>
internal static class ReportEndpoint
{
    public static void MapReport(this IEndpointRouteBuilder routes) => routes.MapPost("/api/report", HandleAsync);

    internal static async Task<IResult> HandleAsync(
        HttpRequest request, DeviceGate deviceGate, TokenGate tokenGate, DeviceRows devices, EventBudget budget, EnrollmentRows enrollments,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var withProof = DeviceGate.IsProof(request);
        var call = await Call.ReadAsync(request, WireJson.Default.ReportRequest, cancellationToken);
        if ((call.Problem ?? Check(call.Body!, withProof)) is { } invalid)
        {
            return invalid;
        }

        var body = call.Body!;
        var happened = new EnrollmentEvent(clock.GetUtcNow(), "mac", body.Code!, body.Message) { Step = body.Step, Level = body.Level! };
        if (withProof)
        {
            var (system, unproven) = await deviceGate.ProveAsync(request, call.Raw, cancellationToken);
            if (system is null)
            {
                return unproven!;
            }

            if (budget.Take(system.Id!, "report") != EventRoom.None)
            {
                await devices.AppendAsync(system.Id!, happened, cancellationToken);
            }

            return TypedResults.NoContent();
        }

        var (read, refused) = await tokenGate.AuthorizeAsync(request, cancellationToken);
        if (read is null)
        {
            return refused!;
        }

        await enrollments.AppendAsync(read.Id, happened, cancellationToken);
        return TypedResults.NoContent();
    }

    private static Problem? Check(ReportRequest body, bool withProof) =>
        (withProof ? Fields.Nonce(body.Nonce) : null)
        ?? (body.Level is "info" or "warning" or "error" ? null : Problem.InvalidRequest("level", "must be info, warning or error."))
        ?? Fields.Code("step", body.Step)
        ?? Fields.Code("code", body.Code, colons: true)
        ?? Fields.Text("message", body.Message, 1000);
}
