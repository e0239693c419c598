using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Prestage.Functions.Storage;
using Prestage.Simulators.Loopback;
using Xunit;

namespace Prestage.Tests.Support;

/// <summary>How a proxied call ends instead of being passed on; without a code the connection is cut.</summary>
internal sealed record StorageRefusal(int Status, string? Code);

/// <summary>
/// Stands before a storage emulator, to be away, or to refuse as Azure's storage does and the emulator never would: it has no roles and no
/// network rules.
/// </summary>
internal sealed class StorageProxy : IAsyncDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
    private readonly List<WebApplication> servers = [];

    /// <summary>The account by way of the proxy.</summary>
    public string ConnectionString { get; private set; } = string.Empty;

    /// <summary>Looks at each call; null passes it on.</summary>
    public Func<HttpRequest, StorageRefusal?> Refuse { get; set; } = _ => null;

    /// <summary>Is awaited before each call is passed on.</summary>
    public Func<HttpRequest, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Stands before the tables and queues of an account.</summary>
    public static async Task<StorageProxy> StartAsync(string account)
    {
        var proxy = new StorageProxy { ConnectionString = account };
        var parsed = StorageConnectionString.Parse(account);
        foreach (var endpoint in new[] { parsed.TableEndpoint, parsed.QueueEndpoint })
        {
            var stand = await proxy.StandBeforeAsync(endpoint, endpoint == parsed.QueueEndpoint);
            proxy.ConnectionString = proxy.ConnectionString.Replace(
                $"{endpoint.Host}:{endpoint.Port}", stand.Authority, StringComparison.Ordinal);
        }

        return proxy;
    }

    /// <summary>Stands before one more service; its address by way of the proxy.</summary>
    public async Task<Uri> StandBeforeAsync(Uri service, bool isQueue = false)
    {
        var server = LoopbackServer.Build(0);
        server.Run(context => PassAsync(context, service, isQueue));
        await server.StartAsync(TestContext.Current.CancellationToken);
        servers.Add(server);
        return LoopbackServer.AddressOf(server);
    }

    /// <summary>Refuses everything, or with null passes all on again.</summary>
    public void RefuseAll(StorageRefusal? refusal) => Refuse = _ => refusal;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }

        http.Dispose();
    }

    private async Task PassAsync(HttpContext context, Uri endpoint, bool isQueue)
    {
        using var request = await PassedCall.CopyAsync(context.Request, endpoint, context.RequestAborted);
        if (Refuse(context.Request) is { } refusal)
        {
            await RefuseAsync(context, refusal, isQueue);
            return;
        }

        await Before(context.Request);
        using var answer = await http.SendAsync(request, context.RequestAborted);
        PassedCall.CopyHead(answer, context.Response);
        if (answer.StatusCode != HttpStatusCode.NoContent)
        {
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private static async Task RefuseAsync(HttpContext context, StorageRefusal refusal, bool isQueue)
    {
        if (refusal.Code is null)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = refusal.Status;
        context.Response.Headers["x-ms-error-code"] = refusal.Code;
        if (isQueue)
        {
            context.Response.ContentType = "application/xml";
            var xml = $"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{refusal.Code}</Code><Message>Refused by the proxy.</Message></Error>";
            await context.Response.WriteAsync(xml, context.RequestAborted);
            return;
        }

        context.Response.ContentType = "application/json";
        var message = new JsonObject { ["lang"] = "en-US", ["value"] = "Refused by the proxy." };
        var body = new JsonObject { ["odata.error"] = new JsonObject { ["code"] = refusal.Code, ["message"] = message } };
        await context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
