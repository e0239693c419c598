using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Prestage.Simulators.Loopback;
using Prestage.Tests.Support;

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

    public static async Task<Relay> StartAsync(Uri service, CallWatch watch, CancellationToken cancellationToken)
    {
        var relay = new Relay(service, watch);
        await relay.app.StartAsync(cancellationToken);
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
            using var answer = await http.SendAsync(await PassedCall.CopyAsync(context.Request, service, stopping.Token), stopping.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(stopping.Token);

            // A queue is asked over and over: only what brings a message counts.
            isTheCall |= isPoll && Encoding.UTF8.GetString(body).Contains("<QueueMessage>", StringComparison.Ordinal) && watch.Note(Poll);
            await watch.PassAsync(isTheCall, done: true, gone.Token);
            PassedCall.CopyHead(answer, context.Response);
            if (body.Length > 0)
            {
                await context.Response.Body.WriteAsync(body, gone.Token);
            }
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

    [GeneratedRegex("^/account[0-9]+")]
    private static partial Regex Account();

    [GeneratedRegex(@"\(.+\)")]
    private static partial Regex Rows();

    [GeneratedRegex("[0-9a-f]{24}|[0-9a-f]{8}-[0-9a-f-]{27}")]
    private static partial Regex Ids();
}
