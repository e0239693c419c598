using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Prestage.Simulators.Loopback;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Telemetry;

/// <summary>An OTLP receiver on loopback that keeps the bytes of what it is sent, by http/protobuf or by gRPC (opentelemetry.io/docs/specs/otlp).</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const string Grpc = "application/grpc";
    private readonly ConcurrentQueue<(string Path, byte[] Body)> received = new();
    private readonly WebApplication app;

    private OtlpReceiver(HttpProtocols protocols)
    {
        app = LoopbackServer.Build(0, protocols: protocols);
        app.MapPost("/{**path}", ReceiveAsync);
    }

    public Uri Url { get; private set; } = new("http://127.0.0.1");

    /// <summary>What it answers.</summary>
    public int Status { get; set; } = StatusCodes.Status200OK;

    /// <summary>Where requests went.</summary>
    public IReadOnlyCollection<string> Paths => [.. received.Select(request => request.Path)];

    /// <summary>All that was received, its texts readable: protobuf keeps a text's bytes together.</summary>
    public string Text => string.Join('\n', received.Select(request => Encoding.Latin1.GetString(request.Body)));

    /// <summary>The same of what was sent to these paths.</summary>
    public string TextTo(params string[] paths) =>
        string.Join('\n', received.Where(request => paths.Contains(request.Path)).Select(request => Encoding.Latin1.GetString(request.Body)));

    /// <summary>With gRPC HTTP/2 is spoken from the first byte, else HTTP/1.1.</summary>
    public static async Task<OtlpReceiver> StartAsync(bool grpc = false)
    {
        var receiver = new OtlpReceiver(grpc ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        receiver.Url = LoopbackServer.AddressOf(receiver.app);
        return receiver;
    }

    /// <summary>Waits until the text is among what was received.</summary>
    public Task UntilAsync(string text) => Wait.UntilAsync(() => Text.Contains(text, StringComparison.Ordinal), () => text);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext call)
    {
        using var body = new MemoryStream();
        await call.Request.Body.CopyToAsync(body, call.RequestAborted);
        received.Enqueue((call.Request.Path, body.ToArray()));
        call.Response.StatusCode = Status;
        if (call.Request.ContentType == Grpc)
        {
            // One message, uncompressed and empty, and the status behind it.
            call.Response.ContentType = Grpc;
            call.Response.DeclareTrailer("grpc-status");
            await call.Response.Body.WriteAsync(new byte[5], call.RequestAborted);
            call.Response.AppendTrailer("grpc-status", "0");
        }
    }
}
