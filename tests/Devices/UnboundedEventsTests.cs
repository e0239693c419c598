using Prestage.Functions.Enrollments;
using Prestage.Tests.Activate;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Devices;

/// <summary>Ways in which one Mac could make us keep more than its budget.</summary>
public sealed class UnboundedEventsTests
{
    [Fact]
    public async Task A_Mac_that_goes_on_binding_a_suspended_person_is_sixty_events_an_hour()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        (await mac.ActivateAsync(People.Password)).IsOk();
        backend.Change(anna.Id, "suspended");
        for (var i = 0; i < 130; i++)
        {
            (await mac.AssociateAsync()).IsProblem(403, "device-not-eligible");
        }

        Assert.InRange((await backend.EventsAsync("Enrollments")).Count(row => row.GetString("Code") == "person-refused"), 1, 60);
        mac.Dispose();
    }

    [Fact]
    public async Task A_suspended_person_s_Mac_does_not_fill_its_history_beyond_the_bound()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        (await mac.ActivateAsync(People.Password)).IsOk();
        var id = EnrollmentId.Parse(mac.Token!.Split('.')[0]);
        var rows = backend.Get<EnrollmentRows>();
        backend.Change(anna.Id, "suspended");
        var read = (await rows.FindAsync(id, TestContext.Current.CancellationToken))!;
        var full = read with { Events = EnrollmentRow.MostEvents };
        await rows.TryMoveAsync(full, full, new(backend.Clock.GetUtcNow(), "mac", "filler"), TestContext.Current.CancellationToken);

        for (var i = 0; i < 3; i++)
        {
            (await mac.AssociateAsync()).IsProblem(403, "device-not-eligible");
        }

        Assert.DoesNotContain(await backend.EventsAsync("Enrollments"), row => row.GetString("Code") == "person-refused");
        mac.Dispose();
    }

    [Fact]
    public async Task Two_people_who_take_turns_at_one_Mac_do_not_begin_enrollments_without_end()
    {
        await using var backend = await Backend.StartAsync();
        var (anna, ben) = (backend.AddPerson(People.New()), backend.AddPerson(People.New("ben")));
        using var mac = new WireMac(backend);
        for (var i = 0; i < 70; i++)
        {
            await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier);
            await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier);
        }

        Assert.InRange((await backend.RowsAsync("Enrollments")).Count(row => row.RowKey.StartsWith("s|", StringComparison.Ordinal)), 1, 120);
    }
}
