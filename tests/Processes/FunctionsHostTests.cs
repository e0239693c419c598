using System.Net;
using System.Text;
using Prestage.Functions.Queues;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.Sandbox;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Processes;

/// <summary>The backend's folder below the simulated Functions host, as real processes.</summary>
public sealed class FunctionsHostTests
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../functions/release"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_Mac_enrolls_through_the_host_while_the_handler_is_killed_three_times()
    {
        await using var world = await World.StartAsync(_ => { }, Cancel, published: Folder);
        var person = new SandboxPerson(1);
        var userId = await world.AddPersonAsync(person, Cancel);
        await using var mac = await EnrollingMac.StartAsync(world, person, "C02HOST00001", Cancel);
        var (kills, killed) = (new List<string>(), new List<Task>());
        mac.OnLine = line =>
        {
            if (new[] { "[ 5/", "[ 9/", "[12/" }.FirstOrDefault(step => line.Contains(step, StringComparison.Ordinal)) is { } at && !kills.Contains(at))
            {
                kills.Add(at);
                killed.Add(world.KillHandlerAsync());
            }
        };

        Assert.Equal(0, await mac.RunAsync(20, Cancel));

        await Task.WhenAll(killed);
        Assert.Equal(3, kills.Count);
        Assert.Empty(await Outcome.CheckAsync(world, mac, person, userId, Cancel));
    }

    [Fact]
    public async Task A_message_that_fails_five_times_lands_in_the_poison_queue()
    {
        var (settings, account) = await SettingsAsync();
        settings["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:00";
        var service = new QueueServiceClient(account);
        var (queue, poison) = (service.GetQueueClient("prestage-finish"), service.GetQueueClient("prestage-finish-poison"));
        await queue.CreateIfNotExistsAsync(Cancel);
        await poison.CreateIfNotExistsAsync(Cancel);
        await queue.SendMessageAsync("no JSON", null, Cancel);

        await using var host = await SimulatedFunctionsHost.StartAsync(Folder, settings, cancel: Cancel);
        IReadOnlyList<QueueMessage> poisoned = [];
        while (poisoned.Count == 0)
        {
            await Task.Delay(50, Cancel);
            poisoned = await poison.ReceiveMessagesAsync(1, TimeSpan.FromSeconds(60), Cancel);
        }

        Assert.Equal("no JSON", poisoned[0].MessageText);
        Assert.Equal(5, host.Log.Entries.Count(entry => entry.Message.StartsWith("Executed 'Finish' (Failed", StringComparison.Ordinal)));
        while ((await queue.GetPropertiesAsync(Cancel)).ApproximateMessagesCount > 0)
        {
            await Task.Delay(50, Cancel);
        }
    }

    [Fact]
    public async Task The_host_s_own_paths_forged_triggers_and_other_methods_never_reach_the_handler()
    {
        var (settings, _) = await SettingsAsync();
        await using var host = await SimulatedFunctionsHost.StartAsync(Folder, settings, cancel: Cancel);
        using var http = new HttpClient { BaseAddress = host.BaseUrl };

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, HttpMethod.Get, "/api/health"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, HttpMethod.Post, "/Finish"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, HttpMethod.Get, "/api/verify"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, HttpMethod.Get, "/runtime/webhooks/x"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, HttpMethod.Post, "/admin/functions/Reconcile"));
        Assert.Equal(HttpStatusCode.Accepted, await StatusAsync(http, HttpMethod.Post, "/admin/functions/Reconcile", host.MasterKey));
        Assert.Contains(host.Log.Entries, entry => entry.Message.StartsWith("Executed 'Reconcile' (Succeeded", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log.HandlerLines, line => line.Contains("POST /Finish", StringComparison.Ordinal));
        Assert.All(host.Log.HandlerLines, line => Assert.StartsWith("{", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_handler_that_ends_with_errors_is_started_three_times_more_and_then_calls_get_503()
    {
        var (settings, _) = await SettingsAsync();
        settings["JumpCloud__OrgId"] = "no id";
        await using var host = await SimulatedFunctionsHost.StartAsync(Folder, settings, cancel: Cancel);
        using var http = new HttpClient { BaseAddress = host.BaseUrl };

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(http, HttpMethod.Get, "/api/health"));

        Assert.Equal(4, host.Handler.Starts);
        Assert.Equal(4, host.Log.Entries.Count(entry => entry.Message.StartsWith("The handler ended with 2.", StringComparison.Ordinal)));
        Assert.Contains(host.Log.HandlerLines, line => line.StartsWith("Setting JumpCloud__OrgId:", StringComparison.Ordinal));
    }

    private static async Task<(Dictionary<string, string?> Settings, string Account)> SettingsAsync()
    {
        var account = await AzuriteFixture.NewAccountAsync();
        return (new()
        {
            ["AzureWebJobsStorage"] = account,
            ["JumpCloud__OrgId"] = new('a', 24),
            ["JumpCloud__ApiKey"] = "key",
            ["JumpCloud__BaseUrl"] = "http://127.0.0.1:9",
        }, account);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, HttpMethod method, string path, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method == HttpMethod.Post)
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        using var answer = await http.SendAsync(request, Cancel);
        return answer.StatusCode;
    }
}
