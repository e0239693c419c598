using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.History;

public sealed class HistoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_whole_enrollment_leaves_an_intact_history_that_tells_every_move()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = await CompletedAsync(backend);

        var history = await backend.HistoryAsync(mac);

        Assert.Equal("intact", history.Chain.ToString());
        Assert.Equal(EnrollmentState.Completed, history.Enrollment!.State);
        Assert.Equal(
            ["verified", "setting-password", "password-set", "associating", "associated", "token-renewed", "finishing", "completed"],
            history.Events.Select(happened => happened.Code));
        Assert.All(history.Events, happened => Assert.Contains(happened.Actor, new[] { "mac", "backend" }));
    }

    [Fact]
    public async Task An_event_alone_does_not_keep_an_enrollment_alive()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = await CompleteTests.AssociatedAsync(backend);
        var before = (await backend.HistoryAsync(mac)).Enrollment!;
        backend.Clock.Advance(TimeSpan.FromMinutes(9));

        (await mac.WithTokenAsync("/api/report", new { level = "info", step = "wait", code = "still-waiting", message = "still waiting" })).IsOk(204);

        var after = await backend.HistoryAsync(mac);
        Assert.Equal(before.StateAt, after.Enrollment!.StateAt);
        Assert.Equal(("still-waiting", ChainStatus.Intact), (after.Events[^1].Code, after.Chain.Status));
    }

    [Fact]
    public async Task Without_a_key_enrollments_go_on_and_the_gap_stays_visible_after_the_key_is_back()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);
        var anna = backend.AddPerson(People.New());
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        await backend.RestartAsync(new() { ["Enrollment:EventKey"] = null });
        (await mac.ActivateAsync(People.Password)).IsOk();
        Assert.Contains(backend.Log.Lines, line => line.Contains("Events are kept unsealed", StringComparison.Ordinal));
        Assert.Equal("unchecked", (await backend.HistoryAsync(mac)).Chain.ToString());

        await backend.RestartAsync();
        (await mac.AssociateAsync()).IsOk();

        Assert.Equal(new(ChainStatus.Unkeyed, 1), (await backend.HistoryAsync(mac)).Chain with { Why = null });
        await backend.ChangeRowAsync(EnrollmentId.Parse(mac.Token!.Split('.')[0]), "e|", 1, row => row["Code"] = "another");
        Assert.Equal("broken at 1", (await backend.HistoryAsync(mac)).Chain.ToString());
    }

    [Fact]
    public async Task A_key_is_replaced_while_the_old_one_still_checks_what_it_has_sealed()
    {
        var (old, rotated) = (Key(1), Key(2));
        await using var backend = await Backend.StartAsync(new() { ["Enrollment:EventKey"] = old });
        using var mac = await CompleteTests.AssociatedAsync(backend);
        await backend.RestartAsync(new() { ["Enrollment:EventKey"] = $"{rotated} {old}" });

        (await mac.RenewTokenAsync()).IsOk();

        Assert.Equal("intact", (await backend.HistoryAsync(mac)).Chain.ToString());
        await backend.RestartAsync(new() { ["Enrollment:EventKey"] = rotated });
        Assert.Equal("unchecked", (await backend.HistoryAsync(mac)).Chain.ToString());
        Assert.Contains("not in the vault", (await backend.HistoryAsync(mac)).Chain.Why, StringComparison.Ordinal);
        await backend.RestartAsync(new() { ["Enrollment:EventKey"] = null });
        Assert.Equal("unchecked", (await backend.HistoryAsync(mac)).Chain.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_row_that_somebody_changed_is_not_healed_by_the_next_move(bool stripped)
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);
        var anna = backend.AddPerson(People.New());
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        await backend.ChangeRowAsync(EnrollmentId.Parse(mac.Token!.Split('.')[0]), "s|", null, row =>
        {
            row["State"] = "activated";
            if (stripped)
            {
                row["Key"] = null;
                row["Seal"] = EnrollmentChain.SealOf(null, row);
            }
        });

        (await mac.AssociateAsync()).IsOk();

        Assert.Equal("broken at 1", (await backend.HistoryAsync(mac)).Chain.ToString());
    }

    [Fact]
    public async Task Nothing_is_known_of_an_id_that_was_never_given()
    {
        await using var backend = await Backend.StartAsync();
        await backend.TablesReadyAsync();

        Assert.Null(await backend.Get<EnrollmentHistories>().ReadAsync(EnrollmentId.Create(backend.Clock.GetUtcNow()), Cancel));
    }

    private static string Key(byte value) => Convert.ToBase64String([.. Enumerable.Repeat(value, 32)]);

    private static async Task<WireMac> CompletedAsync(Backend backend)
    {
        var mac = await CompleteTests.AssociatedAsync(backend);
        (await mac.RenewTokenAsync()).IsOk();
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        await mac.UntilAsync("completed");
        return mac;
    }
}
