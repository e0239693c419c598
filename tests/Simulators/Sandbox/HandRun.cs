using System.Text.Json.Nodes;

namespace Prestage.Simulators.Sandbox;

/// <summary>Runs a function by hand through the Functions host, as an operator can. The host's answer says only that it was started.</summary>
internal static class HandRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Whether it succeeded, by the host's log. Throws <see cref="TimeoutException"/> where that does not say so in two minutes.</summary>
    public static async Task<bool> RunAsync(World world, string function, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> Runs() => [.. world.BackendLines.Where(line => line.Contains($": Executed 'Functions.{function}' (", StringComparison.Ordinal))];
        var earlier = Runs().Count;
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.BackendUrl, $"/admin/functions/{function}"));
        request.Headers.Add("x-functions-key", world.MasterKey);
        request.Content = JsonContent.Create(new JsonObject { ["input"] = string.Empty });
        using var answer = await http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        for (var began = TimeProvider.System.GetTimestamp(); Runs().Count == earlier;)
        {
            if (TimeProvider.System.GetElapsedTime(began) > Limit)
            {
                throw new TimeoutException($"{function} did not end within {Limit}.");
            }

            await Task.Delay(20, cancellationToken);
        }

        return Runs()[earlier].Contains("(Succeeded,", StringComparison.Ordinal);
    }
}
