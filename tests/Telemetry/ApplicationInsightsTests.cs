using Prestage.Simulators.Processes;
using Prestage.Simulators.Sandbox;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Telemetry;

/// <summary>What the program exports to Application Insights, received on loopback.</summary>
[Collection(Alone.Name)]
public sealed class ApplicationInsightsTests
{
    private const string Unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_200_calls_at_once_every_line_and_every_request_arrives_also_where_the_caller_asks_for_no_trace()
    {
        await using var insights = await IngestionReceiver.StartAsync();
        var backend = await Backend.StartAsync(To(insights));
        await using (backend)
        {
            using var http = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
            await Task.WhenAll(Enumerable.Range(0, 200).Select(async index =>
            {
                using var call = new HttpRequestMessage(HttpMethod.Get, new Uri(backend.Url, $"/api/health?{index}"));
                if (index % 2 == 0)
                {
                    call.Headers.Add("traceparent", Unsampled);
                }

                using var answer = await http.SendAsync(call, Cancel);
                answer.EnsureSuccessStatusCode();
            }));
        }

        // What is pending is sent when the program ends.
        var calls = insights.Of(9001).ToList();
        Assert.Equal(200, calls.Count(row => row.Properties["Path"] == "/api/health" && row.Properties["Status"] == "200"));
        Assert.Equal(100, calls.Count(row => row.OperationId == "0af7651916cd43dd8448eb211c80319c"));
        Assert.Equal(200, insights.Rows.Count(row => row is { Table: "AppRequests", Message: "GET /api/health" }));
    }

    [Fact]
    public async Task Traces_and_metrics_of_a_whole_enrollment_name_nobody_and_no_record_has_a_secret()
    {
        await using var insights = await IngestionReceiver.StartAsync();
        var backend = await Backend.StartAsync(To(insights));
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        (await mac.ActivateAsync(People.Password)).IsOk();
        (await mac.AssociateAsync()).IsOk();
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        await mac.UntilAsync("completed");
        await backend.DisposeAsync();

        var names = new Canaries();
        foreach (var (what, name) in new[]
        {
            ("the Mac's id", mac.SystemId), ("the serial number", mac.SerialNumber), ("the person's id", anna.Id), ("the email", anna.Email),
            ("the enrollment's id", mac.Token!.Split('.')[0]), ("the user name", "anna"),
        })
        {
            names.Add(what, name);
        }

        Assert.Empty(backend.Canaries.Find("what is exported", string.Join('\n', insights.Rows.Select(row => row.Text))));
        var nameless = insights.Rows.Where(row => row.Table is not ("AppTraces" or "AppExceptions")).ToList();
        Assert.Equal(["AppDependencies", "AppMetrics", "AppRequests"], nameless.Select(row => row.Table).Distinct().Order());
        Assert.Empty(names.Find("traces and metrics", string.Join('\n', nameless.Select(row => row.Text))));
        Assert.Contains(insights.Of(6201), row => row.Properties["Code"] == "completed");
    }

    [Fact]
    public async Task A_program_that_ends_with_2_has_sent_each_wrong_setting()
    {
        await using var insights = await IngestionReceiver.StartAsync();
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../functions/release/Prestage.Functions"));
        await using var process = ChildProcess.Start(new(program)
        {
            Environment = new Dictionary<string, string?>
            {
                ["Attempts__Max"] = "many",
                ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = insights.ConnectionString,
                ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED"] = "true",
            },
        });

        Assert.Equal(2, await process.Exited.WaitAsync(TimeSpan.FromMinutes(1), Cancel));
        Assert.True(process.Errors.Count > 1, "Few lines were written.");
        Assert.Equal(process.Errors.Order(StringComparer.Ordinal), insights.Of(9501).Select(row => row.Message).Order(StringComparer.Ordinal));
        Assert.Empty(process.Output);
    }

    private static Dictionary<string, string?> To(IngestionReceiver insights) => new()
    {
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = insights.ConnectionString,
        ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED"] = "true",
    };
}
