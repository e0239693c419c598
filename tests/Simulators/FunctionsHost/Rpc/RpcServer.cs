using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.FunctionsHost.Rpc;

/// <summary>The gRPC server that workers connect to: HTTP/2 without TLS on loopback, any port, messages of any size.</summary>
internal sealed class RpcServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, WorkerSession> sessions = new();
    private readonly WebApplication app;

    private RpcServer()
    {
        app = LoopbackServer.Build(
            0,
            services: services =>
                services.AddSingleton(sessions).AddGrpc(options => options.MaxReceiveMessageSize = options.MaxSendMessageSize = null),
            protocols: HttpProtocols.Http2);
        app.MapGrpcService<FunctionRpcService>();
    }

    /// <summary>Where workers connect to.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public static async Task<RpcServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = new RpcServer();
        await server.app.StartAsync(cancellationToken);
        server.Address = LoopbackServer.AddressOf(server.app);
        return server;
    }

    /// <summary>Lets in the worker that names this id.</summary>
    public void Expect(string workerId, WorkerSession session) => sessions[workerId] = session;

    /// <summary>Ends the worker's stream, and lets nobody in with its id.</summary>
    public void Forget(string workerId)
    {
        if (sessions.TryRemove(workerId, out var session))
        {
            session.Close();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The server would wait half a minute for streams that are open.
        foreach (var session in sessions.Values)
        {
            session.Close();
        }

        await app.DisposeAsync();
    }

    private sealed class FunctionRpcService(ConcurrentDictionary<string, WorkerSession> sessions) : FunctionRpc.FunctionRpcBase
    {
        public override async Task EventStream(
            IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream,
            ServerCallContext context)
        {
            if (await requestStream.MoveNext(context.CancellationToken)
                && requestStream.Current is { ContentCase: StreamingMessage.ContentOneofCase.StartStream } first
                && sessions.TryGetValue(first.StartStream.WorkerId, out var session))
            {
                await session.ServeAsync(requestStream, responseStream, context.CancellationToken);
                return;
            }

            throw new Grpc.Core.RpcException(new(StatusCode.PermissionDenied, "No worker of this id is expected."));
        }
    }
}
