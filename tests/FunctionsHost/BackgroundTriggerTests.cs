using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using Prestage.Simulators.FunctionsHost.Triggers;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.FunctionsHost;

/// <summary>Queue and timer triggers of the local host, against Azurite.</summary>
public sealed class BackgroundTriggerTests
{
    private static readonly (string, string?) NoPause = ("AzureFunctionsJobHost__extensions__queues__visibilityTimeout", "00:00:00");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_comes_decoded_with_its_metadata_and_is_deleted()
    {
        var account = await AzuriteFixture.NewAccountAsync();
        var queue = await ContractHost.QueueAsync(account);
        var sent = (await queue.SendMessageAsync("""{"text":"ä","DEQUEUECOUNT":77}""", Cancel)).Value;
        await queue.SendMessageAsync("plain", Cancel);
        await using var host = await ContractHost.StartAsync(("AzureWebJobsStorage", account));

        var runs = await host.PrintedAsync("Message", 2);

        var json = runs.Single(run => run["value"]!.ToString().StartsWith('{'))["metadata"]!;
        var plain = runs.Single(run => run["value"]!.ToString() == "plain")["metadata"]!;
        Assert.Equal((sent.MessageId, "ä", "77"), (json["Id"]!.ToString(), json["text"]!.ToString(), json["DequeueCount"]!.ToString()));
        Assert.Equal(("plain", "1"), (plain["QueueTrigger"]!.ToString(), plain["DequeueCount"]!.ToString()));
        var inserted = DateTimeOffset.Parse(json["InsertionTime"]!.ToString().Trim('"'), CultureInfo.InvariantCulture);
        Assert.Equal(sent.InsertionTime, inserted, TimeSpan.FromSeconds(1));
        await host.UntilAsync(async () => await CountAsync(queue) == 0);
    }

    [Fact]
    public async Task A_message_that_fails_comes_five_times_then_lands_in_the_poison_queue_where_a_failure_leaves_it_hidden()
    {
        var account = await AzuriteFixture.NewAccountAsync();
        var queue = await ContractHost.QueueAsync(account);
        var poison = await ContractHost.QueueAsync(account, $"{ContractHost.Queue}-poison");
        await queue.SendMessageAsync("fail", Cancel);
        await using var host = await ContractHost.StartAsync(("AzureWebJobsStorage", account), NoPause);

        await host.PrintedAsync("Poisoned", 1);
        await host.LoggedAsync("stays hidden until its lock ends");

        Assert.Equal(["1", "2", "3", "4", "5"], host.Printed("Message").Select(run => run["metadata"]!["DequeueCount"]!.ToString()));
        Assert.Equal(5, host.Log.Entries.Count(entry => entry.Message.Contains("'Functions.Message' (Failed, ", StringComparison.Ordinal)));
        Assert.Contains(
            host.Log.Entries, entry => entry.Category == "Microsoft.Azure.WebJobs.Host.Queues.QueueProcessor" && entry.Level == "Warning");
        Assert.Equal((0, 1), (await CountAsync(queue), await CountAsync(poison)));
        Assert.Empty((await poison.ReceiveMessagesAsync(Cancel)).Value);
    }

    [Fact]
    public async Task What_is_not_base64_is_moved_without_an_invocation()
    {
        var account = await AzuriteFixture.NewAccountAsync();
        await ContractHost.QueueAsync(account);
        var raw = new QueueClient(account, ContractHost.Queue);
        await raw.SendMessageAsync("no base64!", Cancel);
        await using var host = await ContractHost.StartAsync(("AzureWebJobsStorage", account), NoPause);

        var moved = Assert.Single(await host.PrintedAsync("Poisoned", 1));

        Assert.Equal("no base64!", moved["value"]!.ToString());
        Assert.Empty(host.Printed("Message"));
    }

    [Fact]
    public async Task A_message_is_kept_while_its_function_runs_and_comes_again_when_its_worker_is_killed()
    {
        var account = await AzuriteFixture.NewAccountAsync();
        var queue = await ContractHost.QueueAsync(account);
        await queue.SendMessageAsync("slow", Cancel);
        await using var host = await ContractHost.StartAsync(
            ("AzureWebJobsStorage", account), NoPause, ("AzureFunctionsJobHost__extensions__queues__messageLock", "00:00:01"));

        await host.PrintedAsync("Message", 1);
        host.Worker.Kill();
        await host.PrintedAsync("Done", 1);

        // Its lock of a second was renewed: nobody else got it in the two seconds that it took.
        Assert.Equal(["1", "2"], host.Printed("Message").Select(run => run["metadata"]!["DequeueCount"]!.ToString()));
        await host.UntilAsync(async () => await CountAsync(queue) == 0);
    }

    [Fact]
    public async Task A_message_in_work_ends_when_the_host_stops()
    {
        var account = await AzuriteFixture.NewAccountAsync();
        var queue = await ContractHost.QueueAsync(account);
        await queue.SendMessageAsync("slow", Cancel);
        await using var host = await ContractHost.StartAsync(("AzureWebJobsStorage", account));
        await host.PrintedAsync("Message", 1);

        await host.StopAsync().WaitAsync(TimeSpan.FromMinutes(1), Cancel);

        Assert.Single(host.Printed("Done"));
        Assert.Equal(0, await CountAsync(queue));
    }

    [Fact]
    public async Task A_timer_fires_by_its_schedule_without_a_monitor_below_a_minute()
    {
        await using var host = await ContractHost.StartAsync(("CONTRACT_SCHEDULE", "* * * * * *"));

        var runs = await host.PrintedAsync("Tick", 3);

        Assert.All(runs, run => Assert.Null(JsonNode.Parse(run["value"]!.ToString())!["ScheduleStatus"]));
        Assert.Equal(3, runs.Take(3).Select(run => run["metadata"]!["TimerTrigger"]!.ToString()).Distinct().Count());
    }

    [Fact]
    public async Task A_monitored_timer_tells_of_no_run_at_first_and_after_downtime_fires_at_the_start_as_past_due()
    {
        var timers = new TimerStatuses();
        await using (var first = await ContractHost.StartAsync(options => options with { Timers = timers }))
        {
            Assert.True(await first.RunByHandAsync("Tick", string.Empty));
            var run = Assert.Single(await first.PrintedAsync("Tick", 1));
            Assert.StartsWith("0001-01-01", Timer(run)["ScheduleStatus"]!["Last"]!.ToString(), StringComparison.Ordinal);
            Assert.False((bool)Timer(run)["IsPastDue"]!);
        }

        var now = TimeProvider.System.GetUtcNow();
        timers.Set("Tick", new(now.AddYears(-2), now.AddYears(-1)));
        await using var second = await ContractHost.StartAsync(options => options with { Timers = timers });
        var missed = Assert.Single(await second.PrintedAsync("Tick", 1));

        Assert.True((bool)Timer(missed)["IsPastDue"]!);
        Assert.StartsWith($"{now.Year - 2}-", Timer(missed)["ScheduleStatus"]!["Last"]!.ToString(), StringComparison.Ordinal);
        await second.UntilAsync(() => timers.Find("Tick")!.Next > now);
    }

    [Fact]
    public async Task A_setting_that_is_missing_disables_its_function_alone_and_one_that_is_switched_off_can_be_run_by_hand()
    {
        var account = await AzuriteFixture.NewAccountAsync();
        var queue = await ContractHost.QueueAsync(account);
        await queue.SendMessageAsync("waits", Cancel);
        await using var host = await ContractHost.StartAsync(
            ("AzureWebJobsStorage", account), ("AzureWebJobs.Message.Disabled", "true"), ("AzureWebJobs.Throw.Disabled", "1"));
        using var http = new HttpClient { BaseAddress = host.BaseUrl };

        await host.LoggedAsync("The 'Unresolved' function is in error: '%CONTRACT_NOWHERE%' does not resolve to a value.");
        using var off = await http.GetAsync(new Uri("/api/throw", UriKind.Relative), Cancel);
        using var on = await http.GetAsync(new Uri("/api/slow/0", UriKind.Relative), Cancel);

        Assert.Equal((System.Net.HttpStatusCode.NotFound, System.Net.HttpStatusCode.OK), (off.StatusCode, on.StatusCode));
        Assert.True(await host.RunByHandAsync("Message", "by hand"));
        Assert.Null(await host.RunByHandAsync("Unresolved", string.Empty));
        Assert.Equal(1, await CountAsync(queue));
    }

    private static async Task<int> CountAsync(QueueClient queue) => (await queue.GetPropertiesAsync(Cancel)).Value.ApproximateMessagesCount;

    private static JsonNode Timer(JsonNode run) => JsonNode.Parse(run["value"]!.ToString())!;
}
