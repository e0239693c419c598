using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>
/// Posts envelopes to the handler and judges its answers: success is 2xx with a JSON object as <c>application/json</c>; 2xx with nothing hangs
/// until <c>functionTimeout</c>; all else is a failure (azure-functions-host, DefaultHttpWorkerService.ProcessDefaultInvocationRequest).
/// </summary>
internal sealed class TriggerCalls(Handler handler, HostFile host, HostLog log) : IDisposable
{
    /// <summary>What the host calls itself.</summary>
    public const string Version = "4.1052.100.0";

    private readonly HttpClient http = new() { Timeout = host.FunctionTimeout + TimeSpan.FromMinutes(1) };

    /// <summary>One invocation; false when it failed.</summary>
    public async Task<bool> InvokeAsync(string function, JsonObject envelope, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString();
        try
        {
            if (!await handler.WaitAsync(cancellationToken))
            {
                throw new InvalidOperationException("the handler is not running");
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(host.FunctionTimeout);
            await PostAsync(function, id, envelope, limit.Token);
            log.Information($"Executed 'Functions.{function}' (Succeeded, Id={id})");
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            log.Error($"Executed 'Functions.{function}' (Failed, Id={id}): timeout of {host.FunctionTimeout}");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidOperationException or JsonException)
        {
            log.Error($"Executed 'Functions.{function}' (Failed, Id={id}): {exception.Message}");
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task PostAsync(string function, string id, JsonObject envelope, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(handler.Address, function));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Azure-Functions-Host", Version));
        request.Headers.Add("X-Azure-Functions-InvocationId", id);
        request.Headers.Add("X-Azure-Functions-HostVersion", Version);
        request.Content = new StringContent(envelope.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (body.Length == 0)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        if (answer.Content.Headers.ContentType?.MediaType != "application/json" || JsonNode.Parse(body) is not JsonObject reply)
        {
            throw new InvalidOperationException("the answer is no JSON object with the media type application/json");
        }

        foreach (var line in reply["Logs"] as JsonArray ?? [])
        {
            log.Information($"{function}: {line}");
        }
    }
}
