extern alias shim;

using Prestage.Functions.Telemetry;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Activate;
using Prestage.Tests.Support;
using shim::Prestage.Shim.Running;
using Xunit;

namespace Prestage.Tests.Telemetry;

/// <summary>The program's own measures, counted to the last one.</summary>
[Collection(Alone.Name)]
public sealed class MeasureTests
{
    private const double Hour = 3600;

    [Fact]
    public async Task A_whole_enrollment_is_measured_exactly()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        await backend.TablesReadyAsync();
        backend.JumpCloud.Journal.Clear();
        using var heard = new MeasureListener();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        backend.Clock.Advance(TimeSpan.FromHours(1));
        (await mac.ActivateAsync(People.Password)).IsOk();
        (await mac.AssociateAsync()).IsOk();
        backend.ShowManaged(mac, "anna");
        var steps = new[] { new { name = "agent", seconds = 1.5 }, new { name = "identify", seconds = 20.0 }, new { name = "anna", seconds = 3.0 } };
        (await mac.WithTokenAsync("/api/complete", new { accountCreated = true, secureToken = true, steps })).IsOk(202);
        var inserted = backend.Clock.GetUtcNow() - TimeSpan.FromHours(2);
        var finished = await backend.FinishAsync((await backend.TakeMessageAsync())!, 1, insertedOn: inserted);
        Assert.Contains("Finish ended (succeeded)", await backend.RunLineOfAsync("Finish"), StringComparison.Ordinal);
        await backend.LineOfAsync("POST /api/complete");

        Assert.Equal(
            ["activated=1", "associated=1", "associating=1", "completed=1", "finishing=1", "verified=1"],
            heard.Sums("prestage.enrollment.moves").Select(sum => $"{sum.Key}={sum.Value}".Replace("prestage.enrollment.state=", "", StringComparison.Ordinal)).Order());
        Assert.Equal(
            ["activated>associating", "associated>finishing", "associating>associated", "finishing>completed", "verified>activated"],
            heard.All.Where(measured => measured.Instrument == "prestage.enrollment.state.duration")
                .Select(measured => $"{measured.Tags["prestage.enrollment.state"]}>{measured.Tags["prestage.enrollment.next_state"]}").Order());
        Assert.InRange(
            Assert.Single(heard.Values("prestage.enrollment.state.duration", "prestage.enrollment.next_state=activated prestage.enrollment.state=verified")),
            Hour, 2 * Hour);
        Assert.InRange(Assert.Single(heard.Values("prestage.enrollment.duration", "prestage.enrollment.state=completed")), Hour, 2 * Hour);
        Assert.Equal(
            new() { ["prestage.step.name=agent"] = 1.5, ["prestage.step.name=identify"] = 20, ["prestage.step.name=_OTHER"] = 3 },
            heard.Sums("prestage.step.duration"));
        var (tableOperations, directoryCalls) = backend.Costs();
        Assert.Equal(tableOperations, heard.Sums("prestage.table.operations").Values.Sum());
        Assert.Equal(directoryCalls, heard.Count("prestage.directory.call.duration"));
        Assert.Equal(backend.JumpCloud.Journal.Requests.Count, directoryCalls);
        Assert.Single(
            heard.Values("prestage.directory.call.duration", "http.request.method=PUT http.response.status_code=200 prestage.directory.signer=service url.template=/api/systemusers/{id}"));
        Assert.Single(
            heard.Values("prestage.directory.call.duration", "http.request.method=GET http.response.status_code=200 prestage.directory.signer=mac url.template=/api/systems/{id}"));
        Assert.InRange(Assert.Single(heard.Values("prestage.finish.queue.age", "")), 2 * Hour, 3 * Hour);
        Assert.Equal(new() { ["prestage.finish.outcome=completed"] = 1 }, heard.Sums("prestage.finish.deliveries"));
        Assert.Equal(0, heard.Count("prestage.refusals") + heard.Count("prestage.directory.retries") + heard.Count("prestage.poison.messages"));
        string[] names = [mac.SystemId, mac.SerialNumber, anna.Id, "anna", "Berg", mac.Token!.Split('.')[0], backend.EnrollmentGroup];
        Assert.DoesNotContain(heard.All, measured => names.Any(name => measured.Text.Contains(name, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task Refusals_are_counted_by_code_and_route()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        using var heard = new MeasureListener();

        (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "not-verified");
        (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "not-verified");
        (await mac.AssociateAsync()).IsProblem(401, "token-invalid");
        (await mac.SendAsync(HttpMethod.Get, $"/api/portal/devices/{mac.SystemId}", null, null)).IsProblem(401, "token-invalid");
        (await mac.SendAsync(HttpMethod.Get, $"/api/portal/nowhere/{mac.SystemId}", null, null)).IsProblem(401, "token-invalid");

        Assert.Equal(
            new()
            {
                ["http.route=/api/verify prestage.problem.code=not-verified"] = 2,
                ["http.route=/api/associate prestage.problem.code=token-invalid"] = 1,
                ["http.route=/api/portal/devices/{systemId} prestage.problem.code=token-invalid"] = 1,
                ["http.route=/api/portal/{*path} prestage.problem.code=token-invalid"] = 1,
            },
            heard.Sums("prestage.refusals"));
    }

    [Fact]
    public async Task Each_further_try_at_JumpCloud_is_a_retry_and_the_call_is_one()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        (await mac.ActivateAsync(People.Password)).IsOk();
        const string Route = "http.request.method=POST prestage.directory.signer=service url.template=/api/v2/systems/{id}/associations";
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Method = "POST", Path = "/api/v2/systems/*/associations", Status = 503, Times = 1 });
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Reset, Method = "POST", Path = "/api/v2/systems/*/associations", Times = 1 });
        using var heard = new MeasureListener();

        (await mac.AssociateAsync()).IsOk();

        Assert.Equal(
            new() { [$"error.type=503 {Route}"] = 1, [$"error.type=no_answer {Route}"] = 1 },
            heard.Sums("prestage.directory.retries"));
        Assert.Single(heard.All, measured => measured.Instrument == "prestage.directory.call.duration" && measured.Text.Contains("associations", StringComparison.Ordinal)
            && measured.Tags["http.request.method"] == "POST" && measured.Tags["http.response.status_code"] is "200" or "204");
    }

    [Fact]
    public async Task A_call_that_JumpCloud_never_answers_has_an_error_and_no_status()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Reset, Method = "PUT" });
        using var heard = new MeasureListener();

        (await mac.ActivateAsync(People.Password)).IsProblem(503, "directory-unavailable");

        var call = Assert.Single(heard.All, measured => measured.Instrument == "prestage.directory.call.duration" && measured.Tags["http.request.method"] == "PUT");
        Assert.Equal("System.Net.Http.HttpRequestException", call.Tags["error.type"]);
        Assert.DoesNotContain("http.response.status_code", call.Tags.Keys);
        Assert.Equal(0, heard.Count("prestage.directory.retries"));
    }

    [Fact]
    public async Task Outcomes_and_the_timers_work_are_counted()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        var bert = backend.AddPerson(People.New("bert"));
        using var heard = new MeasureListener();

        (await mac.VerifyAsync(bert.Email, bert.EmployeeIdentifier)).IsOk();
        backend.Clock.Advance(TimeSpan.FromHours(25));
        var ran = await backend.ReconcileAsync();

        Assert.Equal(
            new() { ["prestage.enrollment.state=superseded"] = 1, ["prestage.enrollment.state=verified"] = 1, ["prestage.enrollment.state=expired"] = 1 },
            heard.Sums("prestage.enrollment.moves"));
        Assert.InRange(Assert.Single(heard.Values("prestage.enrollment.duration", "prestage.enrollment.state=expired")), 25 * Hour, 26 * Hour);
        Assert.Equal(1, heard.Sums("prestage.reconcile.changes")["prestage.reconcile.change=expired"]);
        Assert.Equal(2, heard.Sums("prestage.reconcile.changes")["prestage.reconcile.change=proof_purged"]);
    }

    [Fact]
    public async Task The_pump_tells_how_old_a_message_is_and_which_it_gives_up()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        await backend.TablesReadyAsync();
        await backend.Queue.SendMessageAsync("no message of ours", TestContext.Current.CancellationToken);
        for (var delivery = 1; delivery < 5; delivery++)
        {
            var taken = Assert.Single((await backend.Queue.ReceiveMessagesAsync(cancellationToken: TestContext.Current.CancellationToken)).Value);
            await backend.Queue.UpdateMessageAsync(taken.MessageId, taken.PopReceipt, visibilityTimeout: TimeSpan.Zero, cancellationToken: TestContext.Current.CancellationToken);
        }

        using var heard = new MeasureListener();
        await backend.RestartAsync();
        await Wait.UntilAsync(() => heard.Count("prestage.poison.messages") > 0);

        Assert.Equal(1, heard.Sums("prestage.poison.messages")[""]);
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        (await mac.ActivateAsync(People.Password)).IsOk();
        (await mac.AssociateAsync()).IsOk();
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        await mac.UntilAsync("completed");
        Assert.Equal(1, heard.Count("prestage.finish.queue.age"));
    }

    [Fact]
    public void The_names_of_the_steps_are_those_of_the_Mac() => Assert.Equal(
        typeof(StepNames).GetFields().Select(field => (string)field.GetRawConstantValue()!).Order(), Measures.StepNames.Order());
}
