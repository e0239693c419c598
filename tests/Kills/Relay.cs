using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Prestage.Simulators.Loopback;

namespace Prestage.Tests.Kills;

/// <summary>Stands before a service on loopback and passes every call on as it is, unless the watch holds it.</summary>
internal sealed partial class Relay : IAsyncDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private readonly CancellationTokenSource stopping = new();
    private readonly WebApplication app = LoopbackServer.Build(port: 0);
    private readonly Uri service;
    private readonly CallWatch watch;

    private Relay(Uri service, CallWatch watch)
    {
        (this.service, this.watch) = (service, watch);
        app.Run(PassAsync);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => LoopbackServer.AddressOf(app);

    public static async Task<Relay> StartAsync(Uri service, CallWatch watch, CancellationToken cancel)
    {
        var relay = new Relay(service, watch);
        await relay.app.StartAsync(cancel);
        return relay;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await app.DisposeAsync();
        http.Dispose();
        stopping.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping.Token);
        try
        {
            var call = NameOf(context.Request);
            var isPoll = call == Poll;
            var isTheCall = call is not null && !isPoll && watch.Note(call);
            await watch.PassAsync(isTheCall, done: false, gone.Token);

            // What has left its caller is done, whether the caller lives or not.
            using var answer = await http.SendAsync(await CopyAsync(context.Request), stopping.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(stopping.Token);

            // A queue is asked over and over: only what brings a message counts.
            isTheCall |= isPoll && Encoding.UTF8.GetString(body).Contains("<QueueMessage>", StringComparison.Ordinal) && watch.Note(Poll);
            await watch.PassAsync(isTheCall, done: true, gone.Token);
            await WriteAsync(context.Response, answer, body, gone.Token);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    /// <summary>The call that takes messages.</summary>
    public const string Poll = "GET prestage-finish/messages";

    // What the program does at its start, and what the host asks of the other queue, is no part of a trigger's call.
    private static string? NameOf(HttpRequest request)
    {
        var path = Ids().Replace(Rows().Replace(Account().Replace(request.Path.Value!, string.Empty), "(row)"), "{id}").TrimStart('/');
        var isOfStart = path == "Tables" || (request.Method == "PUT" && !path.Contains('/', StringComparison.Ordinal) && !path.Contains('(', StringComparison.Ordinal));
        return isOfStart || path.StartsWith("prestage-finish-poison/", StringComparison.Ordinal) ? null : $"{request.Method} {path}";
    }

    private async Task<HttpRequestMessage> CopyAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, stopping.Token);
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var copy = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(service, target)) { Content = body.Length == 0 && request.Method == "GET" ? null : new ByteArrayContent(body.ToArray()) };
        foreach (var (name, value) in request.Headers.Where(header => header.Key is not ("Host" or "Connection" or "Transfer-Encoding" or "Expect")))
        {
            if (!copy.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value))
            {
                copy.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value);
            }
        }

        return copy;
    }

    private static async Task WriteAsync(HttpResponse response, HttpResponseMessage answer, byte[] body, CancellationToken cancel)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not ("Connection" or "Keep-Alive" or "Transfer-Encoding")))
        {
            response.Headers[name] = new StringValues([.. values]);
        }

        if (body.Length > 0)
        {
            await response.Body.WriteAsync(body, cancel);
        }
    }

    [GeneratedRegex("^/account[0-9]+")]
    private static partial Regex Account();

    [GeneratedRegex(@"\(.+\)")]
    private static partial Regex Rows();

    [GeneratedRegex("[0-9a-f]{24}|[0-9a-f]{8}-[0-9a-f-]{27}")]
    private static partial Regex Ids();
}
