using Azure;
using Azure.Data.Tables;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Storage;
using Prestage.Tests.Activate;
using Prestage.Tests.Complete;
using Prestage.Tests.History;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Enrollments;

/// <summary>
/// Rows that this version cannot read: of a state that only a newer version knows, with a property of another type, or without one. Nothing of it
/// stops anything else, and an operator can help.
/// </summary>
public sealed class UnreadableRowTests
{
    private const string NewerState = "awaitingSomething";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("missing")]
    [InlineData("state")]
    [InlineData("type")]
    public async Task The_timer_goes_on_with_all_others_and_leaves_the_row_as_it_is(string how)
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        var (healthy, _) = await ActivateTests.VerifiedAsync(backend, People.New("ben"));
        backend.Clock.Advance(TimeSpan.FromSeconds(5));
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        await SpoilAsync(backend, mac, how);
        var before = await RowAsync(backend, mac);
        backend.Clock.Advance(TimeSpan.FromHours(25));

        var run = await backend.ReconcileAsync();

        Assert.True(run);
        Assert.Empty(await backend.RowsAsync("Proofs"));
        (await healthy.RenewTokenAsync()).IsProblem(404, "not-found");
        Assert.Equal(before.ETag, (await RowAsync(backend, mac)).ETag);
        Assert.Contains(backend.Log.Lines, line => line.Contains($"the row of enrollment {IdOf(mac)} cannot be read", StringComparison.Ordinal));
        Assert.Contains(backend.Log.Lines, line => line.Contains("1 unreadable, 0 failures", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("state")]
    [InlineData("type")]
    public async Task A_message_that_was_given_up_is_settled_and_told(string how)
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        (await mac.CompleteAsync()).IsOk(202);
        var message = (await backend.TakeMessageAsync())!;
        await SpoilAsync(backend, mac, how);

        var poison = await backend.PoisonAsync(message);

        Assert.True(poison);
        Assert.Contains(backend.Log.Lines, line => line.Contains("given up after its last delivery: RowUnreadable", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("missing", 503)]
    [InlineData("state", 200)]
    [InlineData("type", 503)]
    public async Task An_operator_releases_the_Mac_and_its_enrollment_ends(string how, int ended)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        var (first, token) = (IdOf(mac), mac.Token);
        await SpoilAsync(backend, mac, how);

        var released = (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();
        var page = (await new PortalClient(backend).GetAsync($"devices/{mac.SystemId}")).IsOk();
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();

        Assert.Equal((first.ToString(), "true"), (released.Text("enrollmentId"), page.Text("released")));
        Assert.NotEqual(first, IdOf(mac));
        var row = (await backend.Tables.GetTableClient("Enrollments").FindEntityAsync(first.Month, EnrollmentKeys.Enrollment(first), Cancel))!;
        Assert.Equal("cancelled", row["State"]);

        // Its mark is gone, so that the timer does not find it again; its token opens nothing.
        var run = await backend.ReconcileAsync();
        Assert.Contains(backend.Log.Lines, line => line.Contains("0 unreadable, 0 failures", StringComparison.Ordinal));
        var old = await mac.SendAsync(HttpMethod.Get, "/api/enrollment", null, $"Bearer {token}");
        Assert.Equal(ended, (int)old.Status);
        var history = (await new PortalClient(backend).GetAsync($"enrollments/{first}")).IsOk();
        Assert.Equal("released", history.Json["events"]!.AsArray()[^1]!["code"]!.ToString());
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("state")]
    [InlineData("type")]
    public async Task The_Mac_is_told_to_come_again_later(string how)
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        await SpoilAsync(backend, mac, how);

        var replies = new[]
        {
            await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier), await mac.RenewTokenAsync(), await mac.EnrollmentAsync(),
            await mac.ActivateAsync(People.Password), await mac.AssociateAsync(),
        };

        Assert.All(replies, reply => Assert.Equal("30", reply.IsProblem(503, "unavailable").Headers["Retry-After"]));
        Assert.Equal(0, backend.JumpCloud.Journal.Count("PUT", "/api/systemusers/*"));
    }

    [Theory]
    [InlineData("missing", "UserId is missing.")]
    [InlineData("state", "State \"awaitingSomething\" is not a state that this version knows.")]
    [InlineData("type", "SerialNumber is not as this version stores it (Int32).")]
    public async Task An_operator_sees_why_and_all_that_can_be_read(string how, string why)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        await SpoilAsync(backend, mac, how);

        var page = (await new PortalClient(backend).GetAsync($"enrollments/{IdOf(mac)}")).IsOk();
        var device = (await new PortalClient(backend).GetAsync($"devices/{mac.SystemId}")).IsOk();
        var list = (await new PortalClient(backend).GetAsync("enrollments")).IsOk();

        Assert.Equal((why, why), (page.Text("unreadable"), device.Text("unreadable")));
        Assert.Equal((mac.SystemId, IdOf(mac).ToString(), "false"), (page.Text("systemId"), device.Text("enrollmentId"), device.Text("released")));
        Assert.Equal("anna", page.Json["account"]!["username"]!.ToString());
        Assert.Equal(("broken at 1", "verified"), (page.Text("chain"), page.Json["events"]![0]!["code"]!.ToString()));
        Assert.Equal(IdOf(mac).ToString(), list.Json["unreadable"]![0]!.ToString());
    }

    [Fact]
    public async Task A_row_that_is_gone_leaves_its_events_to_look_at()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        var row = await RowAsync(backend, mac);
        await backend.Tables.GetTableClient("Enrollments").DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, Cancel);

        var page = (await new PortalClient(backend).GetAsync($"enrollments/{IdOf(mac)}")).IsOk();

        Assert.Equal(("The row is missing.", "broken at 1"), (page.Text("unreadable"), page.Text("chain")));
    }

    [Fact]
    public async Task A_mark_that_cannot_be_read_keeps_no_other_from_being_looked_at()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        var table = backend.Tables.GetTableClient("Enrollments");
        foreach (var key in new[] { "o|", "o|0", $"o|{new string('0', 40)}" })
        {
            await table.InsertEntityAsync(new TableEntity(IdOf(mac).Month, key), Cancel);
        }

        backend.Clock.Advance(TimeSpan.FromHours(25));
        var run = await backend.ReconcileAsync();

        Assert.True(run);
        (await mac.RenewTokenAsync()).IsProblem(404, "not-found");
        Assert.Contains(backend.Log.Lines, line => line.Contains($"the mark {IdOf(mac).Month} / o|0 of table Enrollments cannot be read", StringComparison.Ordinal));
        Assert.Contains(backend.Log.Lines, line => line.Contains("3 unreadable, 0 failures", StringComparison.Ordinal));
        mac.Dispose();
    }

    [Fact]
    public async Task An_enrollment_whose_mark_was_taken_can_still_end()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        await backend.Tables.GetTableClient("Enrollments").DeleteEntityAsync(IdOf(mac).Month, EnrollmentKeys.Open(IdOf(mac)), ETag.All, Cancel);

        var done = await backend.FinishAsync((await backend.TakeMessageAsync())!, 1);

        Assert.Equal("completed", (await mac.EnrollmentAsync()).Text("state"));

        Assert.DoesNotContain(await backend.RowsAsync("Enrollments"), row => row.RowKey.StartsWith("o|", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_event_that_somebody_put_in_stops_no_call_and_is_found()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        var id = IdOf(mac);
        await backend.Tables.GetTableClient("Enrollments").AddEntityAsync(new TableEntity(id.Month, EnrollmentKeys.Event(id, 1)) { ["Code"] = "forged" }, Cancel);

        (await mac.WithTokenAsync("/api/report", new { level = "info", step = "agent", code = "slow", message = "slow" })).IsOk(204);
        (await mac.ActivateAsync(People.Password)).IsOk();

        var page = (await new PortalClient(backend).GetAsync($"enrollments/{id}")).IsOk();
        Assert.Equal(("broken at 1", "activated"), (page.Text("chain"), page.Text("state")));
        Assert.Equal(
            ["verified", EnrollmentEvent.Unreadable, "slow", "setting-password", "password-set"],
            page.Json["events"]!.AsArray().Select(line => line!["code"]!.ToString()));
        (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();
    }

    [Fact]
    public async Task What_a_newer_version_has_stored_beside_outlives_a_move_of_this_one()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        await backend.ChangeRowAsync(IdOf(mac), "s|", null, row => row["Newer"] = "kept");

        (await mac.ActivateAsync(People.Password)).IsOk();

        Assert.Equal(("kept", "activated"), ((string)(await RowAsync(backend, mac))["Newer"]!, (string)(await RowAsync(backend, mac))["State"]!));
    }

    [Fact]
    public async Task A_person_s_other_enrollment_that_cannot_be_read_may_set_a_password_until_its_Mac_is_released()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        await SpoilAsync(backend, mac, "type");
        using var other = new WireMac(backend);

        (await other.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "unavailable");
        (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();

        (await other.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }

    [Fact]
    public async Task An_ended_enrollment_whose_Mac_has_an_unreadable_one_now_fails_no_run()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        var ben = backend.AddPerson(People.New("ben"));
        (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsOk();
        await SpoilAsync(backend, mac, "state");

        var run = await backend.ReconcileAsync();

        Assert.True(run);
        Assert.Contains(backend.Log.Lines, line => line.Contains("2 unreadable, 0 failures", StringComparison.Ordinal));
    }

    private static EnrollmentId IdOf(WireMac mac) => EnrollmentId.Parse(mac.Token!.Split('.')[0]);

    private static async Task<TableEntity> RowAsync(Backend backend, WireMac mac) =>
        (await backend.Tables.GetTableClient("Enrollments").FindEntityAsync(IdOf(mac).Month, EnrollmentKeys.Enrollment(IdOf(mac)), Cancel))!;

    private static Task SpoilAsync(Backend backend, WireMac mac, string how) => backend.ChangeRowAsync(IdOf(mac), "s|", null, row =>
    {
        var (name, value) = how switch
        {
            "state" => ("State", (object?)NewerState),
            "type" => ("SerialNumber", 17),
            _ => ("UserId", null),
        };
        row[name] = value;
    });
}
