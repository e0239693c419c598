using Microsoft.Extensions.Logging.Abstractions;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Health;
using Prestage.Functions.History;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Vault;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Hosting;

/// <summary>A wall clock that is set, by NTP or by hand, makes no wait longer or shorter.</summary>
public sealed class WallClockTests
{
    private static readonly TimeSpan SetBack = TimeSpan.FromHours(-3);
    private readonly ManualClock clock = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task The_relay_opens_again_after_a_minute_although_the_clock_was_set_back()
    {
        using var limits = new RelayLimits(clock);
        for (var i = 0; i < 300; i++)
        {
            limits.CountRefusal();
        }

        clock.SetWallClock(SetBack);
        await Assert.ThrowsAsync<DirectoryException>(() => limits.EnterAsync("GET /", TestContext.Current.CancellationToken));

        clock.Advance(TimeSpan.FromMinutes(1));
        using var permit = await limits.EnterAsync("GET /", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_relay_stays_closed_although_the_clock_was_set_ahead()
    {
        using var limits = new RelayLimits(clock);
        for (var i = 0; i < 300; i++)
        {
            limits.CountRefusal();
        }

        clock.SetWallClock(-SetBack);

        await Assert.ThrowsAsync<DirectoryException>(() => limits.EnterAsync("GET /", TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_Mac_has_its_budget_again_after_an_hour_although_the_clock_was_set_back()
    {
        var budget = new EventBudget(clock);
        var happened = new EnrollmentEvent(clock.GetUtcNow(), "mac", "note");
        while (budget.Admit("a", "report", happened) is not null)
        {
        }

        clock.SetWallClock(SetBack);
        Assert.Null(budget.Admit("a", "report", happened));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(budget.Admit("a", "report", happened));
    }

    [Fact]
    public async Task A_missing_event_key_is_asked_for_again_after_a_minute_although_the_clock_was_set_back()
    {
        var secrets = new NoSecrets();
        var keys = new EventKeys(secrets, clock, NullLogger<EventKeys>.Instance);
        await keys.GetAsync(TestContext.Current.CancellationToken);
        clock.SetWallClock(SetBack);
        await keys.GetAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, secrets.Asked);

        clock.Advance(TimeSpan.FromMinutes(1));
        await keys.GetAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, secrets.Asked);
    }

    [Fact]
    public void A_group_that_nobody_has_looked_at_for_ten_minutes_keeps_no_Mac_out_although_the_clock_was_set_back()
    {
        var board = new DependencyBoard(clock, NullLogger<DependencyBoard>.Instance);
        var inOrder = new GroupsInOrder(board);
        board.Post(DirectoryCheck.EnrollmentGroup, new(DependencyStatus.Down, DirectoryFindings.GroupMissing, "It is missing."));
        clock.SetWallClock(SetBack);
        Assert.Throws<DirectoryException>(inOrder.Require);

        clock.Advance(TimeSpan.FromMinutes(10));

        inOrder.Require();
    }

    private sealed class NoSecrets : ISecretSource
    {
        public int Asked { get; private set; }

        public ValueTask<Secret> GetAsync(string name, CancellationToken cancellationToken)
        {
            Asked++;
            throw new SecretUnavailableException(name, SecretFault.Missing, "there is none.");
        }

        public Task<Secret> ReloadAsync(string name, CancellationToken cancellationToken) => GetAsync(name, cancellationToken).AsTask();
    }
}
