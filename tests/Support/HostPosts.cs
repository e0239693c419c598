using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Prestage.Tests.Support;

/// <summary>Posts trigger deliveries as the Functions host does (azure-functions-host, ScriptInvocationContextExtensions).</summary>
internal static class HostPosts
{
    /// <summary>Delivers one message of the queue, encoded twice as the host encodes it, or once as in documentation samples.</summary>
    public static Task<HttpResponseMessage> FinishAsync(
        this Backend backend, string text, int delivery, bool twice = true, DateTimeOffset? insertedOn = null) =>
        backend.DeliverAsync("/Finish", text, delivery, twice, insertedOn);

    /// <summary>Delivers one message that the host has given up.</summary>
    public static Task<HttpResponseMessage> PoisonAsync(this Backend backend, string text) =>
        backend.DeliverAsync("/PoisonMessage", text, 1, twice: true, insertedOn: null);

    private static Task<HttpResponseMessage> DeliverAsync(
        this Backend backend, string path, string text, int delivery, bool twice, DateTimeOffset? insertedOn) =>
        backend.PostAsync(path, new JsonObject
        {
            ["Data"] = new JsonObject { ["message"] = twice ? JsonSerializer.Serialize(text) : text },
            ["Metadata"] = new JsonObject
            {
                ["DequeueCount"] = delivery.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["InsertionTime"] = insertedOn?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture),
                ["Id"] = "\"3f0e\"",
                ["sys"] = new JsonObject { ["MethodName"] = path[1..] },
            },
        });

    /// <summary>One tick of the timer.</summary>
    public static Task<HttpResponseMessage> ReconcileAsync(this Backend backend) => backend.PostAsync("/Reconcile", new JsonObject
    {
        ["Data"] = new JsonObject { ["timer"] = new JsonObject { ["ScheduleStatus"] = null, ["IsPastDue"] = false } },
        ["Metadata"] = new JsonObject(),
    });

    /// <summary>Posts with the headers of a delivery, or as a proxied call from outside.</summary>
    public static async Task<HttpResponseMessage> PostAsync(this Backend backend, string path, JsonObject envelope, bool fromOutside = false)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(backend.Url, path));
        request.Headers.TryAddWithoutValidation("User-Agent", "Azure-Functions-Host/4.1052.100");
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
        if (fromOutside)
        {
            request.Headers.TryAddWithoutValidation("x-ms-invocation-id", Guid.NewGuid().ToString());
        }

        request.Content = new StringContent(envelope.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.LoadIntoBufferAsync(TestContext.Current.CancellationToken);
        return response;
    }

    /// <summary>The text of the next message in the queue, which is taken out of it.</summary>
    public static async Task<string?> TakeMessageAsync(this Backend backend)
    {
        var message = (await backend.Queue.ReceiveMessagesAsync(1, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Value.SingleOrDefault();
        if (message is not null)
        {
            await backend.Queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, TestContext.Current.CancellationToken);
        }

        return message?.MessageText;
    }
}
