using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.JumpCloud;

/// <summary>What every API call passes: journal, faults, admission, body, and at last the answer, if a fault lets it out.</summary>
internal sealed class ApiEdge(
    SimulatedJumpCloudOptions options, Tenant tenant, Credentials credentials, FaultTable faults, RequestJournal journal, CancellationToken stopping)
{
    private readonly Gate gate = new(options, credentials, tenant);

    /// <summary>Answers one call; a null <paramref name="work"/> is a route that does not exist.</summary>
    public async Task RunAsync(HttpContext context, Func<HttpContext, Task<Answer>>? work)
    {
        var (at, started) = (options.Clock.GetUtcNow(), Stopwatch.GetTimestamp());
        var (delay, fault) = faults.Strike(context.Request.Method, context.Request.Path);
        await BufferBodyAsync(context);

        // A caller that gives up meanwhile does not stop JumpCloud from doing what it was asked.
        await Task.Delay(delay, stopping);
        var answer = Instead(fault, context.Request.Path, at) ?? await AnswerAsync(context, work);
        var status = answer.Status;
        if (fault?.Kind is FaultKind.Reset or FaultKind.LostReply)
        {
            status = 0;
        }

        // Noted before the last byte leaves, so that a test which has its answer finds the request here.
        journal.Add(new RequestRecord(context.Request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, status,
            RequestJournal.AuthOf(context.Request), Header(context, "x-org-id"), Header(context, "User-Agent"), at,
            Stopwatch.GetElapsedTime(started).TotalMilliseconds, work is not null));
        if (status == 0)
        {
            context.Abort();
            return;
        }

        await WriteAsync(context, answer, truncated: fault?.Kind == FaultKind.TruncatedJson);
    }

    /// <summary>Admits the caller and reads the body for a handler of the API.</summary>
    public Func<HttpContext, Task<Answer>> Admitted(SignedUse use, Func<ApiCall, Answer> handle) => context =>
    {
        var caller = gate.Admit(context, use);
        var body = ParseBody((MemoryStream)context.Request.Body);
        var call = new ApiCall(context, caller, tenant, options, body);
        if (use == SignedUse.OwnMembership && caller.SystemId is { } own && call.Text("id") != own)
        {
            throw new ApiRefusal(Answer.Unauthorized(context.Request.Path.Value!));
        }

        return Task.FromResult(handle(call));
    };

    private static async Task<Answer> AnswerAsync(HttpContext context, Func<HttpContext, Task<Answer>>? work)
    {
        try
        {
            return work is null ? Answer.Refusal(404, "Not Found") : await work(context);
        }
        catch (ApiRefusal exception)
        {
            return exception.Answer;
        }
    }

    private static Answer? Instead(Fault? fault, string path, DateTimeOffset now)
    {
        var answer = fault?.Kind switch
        {
            FaultKind.Reset => new Answer(503),
            FaultKind.Status => Answer.Refusal(fault.Status, "Simulated fault"),
            FaultKind.Html => Answer.Html(fault.Status, $"{fault.Status.ToString(CultureInfo.InvariantCulture)} Simulated fault"),
            FaultKind.Unauthorized => Answer.KeyRefused(),
            FaultKind.IpBlock => Answer.Html(403, "403 Forbidden"),
            FaultKind.Empty => new Answer(200, Text: ""),
            _ => null,
        };
        if (answer is not null && fault!.RetryAfterSeconds is { } seconds)
        {
            answer.Headers["Retry-After"] = fault.RetryAfterAsDate
                ? now.AddSeconds(seconds).ToString("r", CultureInfo.InvariantCulture) : seconds.ToString(CultureInfo.InvariantCulture);
        }

        return answer;
    }

    private async Task WriteAsync(HttpContext context, Answer answer, bool truncated)
    {
        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        var content = answer.Content;
        if (content.Length > 0)
        {
            context.Response.ContentType = answer.ContentType;
            await context.Response.WriteAsync(truncated ? content[..(content.Length / 2)] : content, stopping);
        }
    }

    private static async Task BufferBodyAsync(HttpContext context)
    {
        var bytes = new MemoryStream();
        context.Response.RegisterForDispose(bytes);
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        bytes.Position = 0;
        context.Request.Body = bytes;
    }

    private static JsonElement ParseBody(MemoryStream bytes)
    {
        try
        {
            return JsonElement.Parse(bytes.Length == 0 ? "{}"u8 : bytes.ToArray(), new JsonDocumentOptions { MaxDepth = 32 });
        }
        catch (JsonException)
        {
            throw new ApiRefusal(400, "Bad Request: malformed JSON");
        }
    }

    private static string? Header(HttpContext context, string name) =>
        context.Request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
}
