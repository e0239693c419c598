using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Hosting;
using Prestage.Functions.Problems;
using Prestage.Wire;

namespace Prestage.Functions.Mac.Report;

/// <summary>Keeps what the Mac wants IT to see, as an event of its enrollment, or of the Mac where it has none yet.</summary>
internal sealed partial class ReportFunction(
    DeviceGate deviceGate, TokenGate tokenGate, DeviceRows devices, EventBudget budget, EnrollmentRows enrollments,
    TimeProvider clock, ILogger<ReportFunction> log)
{
    [Function("Report")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/report")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
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

            return await KeepAsync(system.Id!, kept => devices.AppendAsync(system.Id!, kept, cancellationToken));
        }

        var (read, refused) = await tokenGate.AuthorizeAsync(request, cancellationToken);
        if (read is null)
        {
            return refused!;
        }

        return await KeepAsync(read.SystemId, kept => enrollments.AppendAsync(read.Id, kept, cancellationToken), read.IsFull);

        // One budget, whatever the Mac proves itself with: a token and a proof are the same Mac's.
        async Task<IResult> KeepAsync(string systemId, Func<EnrollmentEvent, Task> keep, bool isFull = false)
        {
            if (!isFull && budget.Admit(systemId, "report", happened) is { } kept)
            {
                await keep(kept);
            }
            else
            {
                Log.NotKept(log, systemId, happened.Level, happened.Step, happened.Code);
            }

            return TypedResults.NoContent();
        }
    }

    private static Problem? Check(ReportRequest body, bool withProof) =>
        (withProof ? Fields.Nonce(body.Nonce) : null)
        ?? (body.Level is "info" or "warning" or "error" ? null : Problem.InvalidRequest("level", "must be info, warning or error."))
        ?? Fields.Code("step", body.Step)
        ?? Fields.Code("code", body.Code, colons: true)
        ?? (EventCodes.OfService.Contains(body.Code!)
            ? Problem.InvalidRequest("code", "must not be one of the service's own events.")
            : null)
        ?? Fields.Text("message", body.Message, 1000);

    private static partial class Log
    {
        [LoggerMessage(4001, LogLevel.Warning,
            "Report: system {SystemId} has used its events up, of this hour or of its enrollment; not kept: {Level} {Step} {Code}")]
        public static partial void NotKept(ILogger log, string systemId, string level, string? step, string code);
    }
}
