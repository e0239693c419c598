using System.Net;
using System.Text;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Http;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.FunctionsHost.Worker;
using Prestage.Simulators.Sandbox;
using Prestage.Tests.Complete;
using Prestage.Tests.FunctionsHost;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Processes;

/// <summary>The published backend below the local Functions host, as real processes.</summary>
public sealed class FunctionsHostTests
{
    private const string Local = "local";
    private const string Func = "func";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_Mac_enrolls_through_the_host_while_the_worker_is_killed_twice()
    {
        await using var world = await World.StartAsync(_ => { }, Cancel, published: await PublishedFolder.PathAsync());
        var person = new SandboxPerson(1);
        var userId = await world.AddPersonAsync(person, Cancel);
        await using var mac = await EnrollingMac.StartAsync(world, person, "C02HOST00001", Cancel);
        var (kills, killed) = (new List<string>(), new List<Task>());
        mac.OnLine = line =>
        {
            if (new[] { "[ 5/", "[ 9/" }.FirstOrDefault(step => line.Contains(step, StringComparison.Ordinal)) is { } at && !kills.Contains(at))
            {
                kills.Add(at);
                killed.Add(world.KillWorkerAsync());
            }
        };

        Assert.Equal(0, await mac.RunAsync(20, Cancel));

        await Task.WhenAll(killed);
        Assert.Equal(2, kills.Count);
        Assert.Equal(2, world.BackendLines.Count(line => line.StartsWith("[Error] Host.General: The worker ended with 137.", StringComparison.Ordinal)));
        Assert.True(await HandRun.RunAsync(world, "Reconcile", Cancel));
        Assert.Empty(await Outcome.CheckAsync(world, mac, person, userId, Cancel));
    }

    [Fact]
    public async Task A_message_that_fails_five_times_lands_in_the_poison_queue_is_told_and_an_operator_s_retry_finishes_the_enrollment()
    {
        const string EventKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        var account = await AzuriteFixture.NewAccountAsync();
        await using var proxy = await StorageProxy.StartAsync(account);
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Enrollment:EventKey", EventKey)), byHand: true, storage: account);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        var id = mac.Token!.Split('.')[0];

        // The role is missing for as long as Finish tries, and back when PoisonMessage does: each delivery begins with one read of the row.
        var reads = 0;
        proxy.Refuse = call => HttpMethods.IsGet(call.Method) && call.Path.Value!.Contains("/Enrollments(PartitionKey", StringComparison.Ordinal)
            && Interlocked.Increment(ref reads) <= 5 ? new(403, "AuthorizationPermissionMismatch") : null;
        var settings = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = account,
            ["Storage__ConnectionString"] = proxy.ConnectionString,
            ["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:00",
            ["AzureWebJobs.Reconcile.Disabled"] = "true",
            ["JumpCloud__OrgId"] = backend.JumpCloud.Options.OrgId,
            ["JumpCloud__ApiKey"] = backend.JumpCloud.Options.ApiKeys[0],
            ["JumpCloud__BaseUrl"] = backend.JumpCloud.BaseUrl.ToString(),
            ["Enrollment__EventKey"] = EventKey,
            ["Groups__Enrollment"] = backend.EnrollmentGroup,
            ["Groups__PostEnrollment"] = backend.PostEnrollmentGroup,
        };
        await using var host = await LocalFunctionsHost.StartAsync(new(await PublishedFolder.PathAsync(), settings), Cancel);

        await mac.UntilAsync("failed");

        IEnumerable<string> Lines() => host.Log.Entries.Select(entry => entry.Message);
        Assert.Equal(5, Executed(Lines, "Finish", "Failed"));
        await ToldAsync(Lines);
        var told = Assert.Single(host.Log.WorkerLines, line => line.Contains("\"EventId\":5201,", StringComparison.Ordinal));
        Assert.Contains($"a message for enrollment {id} was given up after its last delivery: Failed", told, StringComparison.Ordinal);
        var portal = new PortalClient(backend);
        var page = (await portal.GetAsync($"enrollments/{id}")).IsOk();
        Assert.Equal(("failed", "intact"), (page.Text("state"), page.Text("chain")));
        Assert.Contains(page.Json["events"]!.AsArray(), line => line!["code"]!.ToString() == "poison-message" && line["level"]!.ToString() == "error");

        (await portal.PostAsync($"enrollments/{id}/retry")).IsOk(202);

        await mac.UntilAsync("completed");
        Assert.Equal([Backend.PostEnrollmentGroupName], backend.GroupsOf(mac));
        await EmptyAsync(backend.PoisonQueue);
        Assert.Equal(1, Executed(Lines, "PoisonMessage", "Succeeded"));
    }

    [Theory]
    [InlineData(Local)]
    [InlineData(Func)]
    public async Task A_message_that_nobody_can_read_ends_in_one_line_of_the_log(string kind)
    {
        var (settings, account) = await SettingsAsync();
        settings["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:00";
        var service = new QueueServiceClient(account, new() { MessageEncoding = QueueMessageEncoding.Base64 });
        var (queue, poison) = (service.GetQueueClient("prestage-finish"), service.GetQueueClient("prestage-finish-poison"));
        await queue.CreateIfNotExistsAsync(cancellationToken: Cancel);
        await queue.SendMessageAsync("no JSON", Cancel);

        var (_, lines, running) = await StartAsync(kind, settings);
        await using var host = running;
        await ToldAsync(lines);

        Assert.Equal(5, Executed(lines, "Finish", "Failed"));
        Assert.Contains(lines(), line => line.Contains("a message for enrollment unknown was given up after its last delivery: Unreadable", StringComparison.Ordinal));
        await EmptyAsync(queue);
        await EmptyAsync(poison);
    }

    [Theory]
    [InlineData(Local)]
    [InlineData(Func)]
    public async Task Forged_triggers_and_other_methods_never_reach_the_worker(string kind)
    {
        var (settings, _) = await SettingsAsync();
        var (baseUrl, lines, running) = await StartAsync(kind, settings);
        await using var host = running;
        using var http = new HttpClient { BaseAddress = baseUrl };

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, HttpMethod.Get, "/api/health"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, HttpMethod.Post, "/Finish"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, HttpMethod.Get, "/api/verify"));
        Assert.DoesNotContain(lines(), line => line.Contains("POST /Finish answered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_host_s_own_paths_need_its_master_key()
    {
        var (settings, _) = await SettingsAsync();
        await using var host = await LocalFunctionsHost.StartAsync(new(await PublishedFolder.PathAsync(), settings), Cancel);
        using var http = new HttpClient { BaseAddress = host.BaseUrl };

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, HttpMethod.Get, "/runtime/webhooks/x"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, HttpMethod.Post, "/admin/functions/Reconcile"));
        Assert.Equal(HttpStatusCode.Accepted, await StatusAsync(http, HttpMethod.Post, "/admin/functions/Reconcile", host.MasterKey));
        await host.LoggedAsync("Executed 'Functions.Reconcile' (Succeeded");
        Assert.All(host.Log.WorkerLines, line => Assert.StartsWith("{", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_setting_ends_the_start_with_its_line_and_exit_code_2()
    {
        var (settings, _) = await SettingsAsync();
        settings["JumpCloud__OrgId"] = "no id";

        var folder = await PublishedFolder.PathAsync();
        var ended = await Assert.ThrowsAsync<WorkerStartException>(() => LocalFunctionsHost.StartAsync(new(folder, settings), Cancel));

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("Setting JumpCloud__OrgId:", ended.Message, StringComparison.Ordinal);
    }

    // Either the local host or the real one, over the same folder.
    private static async Task<(Uri BaseUrl, Func<IEnumerable<string>> Lines, IAsyncDisposable Host)> StartAsync(string kind, Dictionary<string, string?> settings)
    {
        Assert.SkipWhen(kind == Func && !CoreTools.AreHere, CoreTools.Missing);
        var folder = await PublishedFolder.PathAsync();
        if (kind == Func)
        {
            var (process, url) = await CoreTools.StartAsync(folder, settings);
            return (url, () => process.Lines.Select(line => line.Text), process);
        }

        var host = await LocalFunctionsHost.StartAsync(new(folder, settings), Cancel);
        return (host.BaseUrl, () => host.Log.Entries.Select(entry => entry.Message), host);
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

    // The line is written when the enrollment has failed already.
    private static Task ToldAsync(Func<IEnumerable<string>> lines) =>
        UntilAsync(() => Task.FromResult(lines().Any(line => line.Contains("\"EventId\":5201,", StringComparison.Ordinal))));

    private static int Executed(Func<IEnumerable<string>> lines, string function, string outcome) =>
        lines().Count(line => line.Contains($"Executed 'Functions.{function}' ({outcome}", StringComparison.Ordinal));

    private static Task EmptyAsync(QueueClient queue) =>
        UntilAsync(async () => (await queue.GetPropertiesAsync(Cancel)).Value.ApproximateMessagesCount == 0);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (!await condition())
        {
            await Task.Delay(50, limit.Token);
        }
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
