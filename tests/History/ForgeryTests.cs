using Azure.Data.Tables;
using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.History;

/// <summary>Every change that someone with the tables, but without the key, can make to a history that was really stored.</summary>
public sealed class ForgeryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changing_or_removing_any_field_of_any_row_is_found_at_that_row()
    {
        await using var backend = await Backend.StartAsync();
        var stored = await StoredAsync(backend, "anna");
        Assert.Equal(ChainStatus.Intact, stored.Check().Status);
        Assert.InRange(stored.Row.Count, 20, 40);

        foreach (var name in Names(stored.Row))
        {
            Assert.Equal(ChainStatus.Broken, (stored with { Row = With(stored.Row, name, Other(stored.Row[name]!)) }).Check().Status);
            Assert.Equal(ChainStatus.Broken, (stored with { Row = With(stored.Row, name, null) }).Check().Status);
        }

        for (var i = 0; i < stored.Events.Count; i++)
        {
            foreach (var name in Names(stored.Events[i]))
            {
                Assert.Equal($"broken at {i}", stored.Replace(i, With(stored.Events[i], name, Other(stored.Events[i][name]!))).Check().ToString());
                Assert.Equal($"broken at {i}", stored.Replace(i, With(stored.Events[i], name, null)).Check().ToString());
            }

            Assert.Equal($"broken at {i}", stored.Replace(i, With(stored.Events[i], "Added", "x")).Check().ToString());
        }

        Assert.Equal(ChainStatus.Broken, (stored with { Row = With(stored.Row, "Added", "x") }).Check().Status);
    }

    [Fact]
    public async Task Deleting_moving_inserting_or_cutting_off_events_is_found()
    {
        await using var backend = await Backend.StartAsync();
        var stored = await StoredAsync(backend, "anna");
        var last = stored.Events.Count - 1;
        for (var i = 0; i <= last; i++)
        {
            // Deleted; deleted, and those after it moved up; a copy put in after it.
            Assert.Equal($"broken at {i}", (stored with { Events = [.. stored.Events.Where((_, at) => at != i)] }).Check().ToString());
            var closed = stored with { Events = [.. stored.Events.Where((_, at) => at != i).Select((row, at) => At(stored.Id, row, at))] };
            Assert.Equal(ChainStatus.Broken, (closed with { Row = With(stored.Row, "Events", last) }).Check().Status);
            Assert.Equal(ChainStatus.Broken, (stored with { Events = [.. stored.Events.Take(i + 1), .. stored.Events.Skip(i).Select((row, at) => At(stored.Id, row, i + 1 + at))] }).Check().Status);

            for (var j = 0; j < i; j++)
            {
                Assert.Equal($"broken at {j}", stored.Replace(i, At(stored.Id, stored.Events[j], i)).Replace(j, At(stored.Id, stored.Events[i], j)).Check().ToString());
            }
        }

        Assert.Equal(ChainStatus.Broken, (stored with { Events = [] }).Check().Status);
        Assert.Equal(ChainStatus.Broken, (stored with { Row = null! }).Check().Status);
    }

    [Fact]
    public async Task Cutting_off_the_newest_events_is_found_also_where_the_row_of_that_time_is_made_up()
    {
        await using var backend = await Backend.StartAsync();
        var stored = await StoredAsync(backend, "anna");
        for (var kept = 1; kept < stored.Events.Count; kept++)
        {
            var last = stored.Events[kept - 1];
            var row = With(stored.Row, "Events", kept);
            foreach (var name in new[] { "State", "Attempt", "Link", "Key" })
            {
                row = With(row, name, last[name]);
            }

            Assert.Equal($"broken at {kept}", (stored with { Row = row, Events = stored.Events[..kept] }).Check().ToString());
        }
    }

    [Fact]
    public async Task Events_of_one_enrollment_are_not_good_for_another()
    {
        await using var backend = await Backend.StartAsync();
        var (anna, ben) = (await StoredAsync(backend, "anna"), await StoredAsync(backend, "ben"));
        for (var i = 0; i < anna.Events.Count; i++)
        {
            Assert.Equal($"broken at {i}", anna.Replace(i, At(anna.Id, ben.Events[i], i)).Check().ToString());
            Assert.Equal($"broken at {i}", anna.Replace(i, ben.Events[i]).Check().ToString());
        }

        Assert.Equal("broken at 0", (anna with { Events = [.. ben.Events.Select((row, i) => At(anna.Id, row, i))], Row = With(anna.Row, "Link", ben.Row["Link"]) }).Check().ToString());
        var whole = new Stored(anna.Keys, anna.Id, Copy(anna.Id, ben.Row), [.. ben.Events.Select((row, i) => At(anna.Id, row, i))]);
        Assert.Equal("broken at 0", whole.Check().ToString());
    }

    [Fact]
    public async Task A_history_sealed_anew_with_another_key_or_with_none_is_never_intact()
    {
        await using var backend = await Backend.StartAsync();
        var stored = await StoredAsync(backend, "anna");
        Assert.True(EventKeyring.TryParse(Convert.ToBase64String(new byte[32]), out var guessed));

        // A key that is not in the vault may be one that was there: the history is not called forged for that, and never intact.
        Assert.Equal("unchecked", Forge(stored, guessed).Check().ToString());
        Assert.Equal("unkeyed", Forge(stored, EventKeyring.None).Check().ToString());

        // Under the true key's name, from any event on.
        for (var from = 0; from < stored.Events.Count; from++)
        {
            var forged = Forge(stored, guessed, from, stored.Row["Key"]);
            Assert.Equal($"broken at {from}", forged.Check().ToString());
            Assert.NotEqual(ChainStatus.Intact, Forge(stored, EventKeyring.None, from).Check().Status);
        }
    }

    private static Stored Forge(Stored stored, EventKeyring keys, int from = 0, object? keyId = null)
    {
        var row = With(stored.Row, "FullName", from == 0 ? "Somebody Else" : stored.Row["FullName"]);
        var events = stored.Events[..from];
        for (var i = from; i < stored.Events.Count; i++)
        {
            var happened = With(stored.Events[i], "Detail", "Nothing to see.");
            happened["FullName"] = i == 0 ? row["FullName"] : null;
            happened["FoundKey"] = i == 0 ? null : events[^1]["Key"];
            happened["Key"] = keyId ?? keys.Current?.Id;
            happened["Found"] = i == 0 ? null : events[^1]["Key"] is null ? RowFound.Unkeyed : happened["Key"] is null ? RowFound.Unchecked : RowFound.Intact;
            happened["Link"] = EnrollmentChain.LinkOf(keys.Current, happened, i == 0 ? null : (string?)events[^1]["Link"]);
            events.Add(happened);
        }

        row["Key"] = keyId ?? keys.Current?.Id;
        row["Link"] = events[^1]["Link"];
        row["Seal"] = EnrollmentChain.SealOf(keys.Current, row);
        return stored with { Row = row, Events = events };
    }

    private static async Task<Stored> StoredAsync(Backend backend, string name)
    {
        using var mac = await CompleteTests.AssociatedAsync(backend, name);
        (await mac.RenewTokenAsync()).IsOk();
        (await mac.WithTokenAsync("/api/report", new { level = "warning", step = "wait", code = "slow", message = "slow" })).IsOk(204);
        var id = EnrollmentId.Parse(mac.Token!.Split('.')[0]);
        var rows = await backend.RowsAsync("Enrollments");
        return new(
            await backend.Get<EventKeys>().GetAsync(Cancel), id,
            rows.Single(row => row.RowKey == EnrollmentKeys.Enrollment(id)),
            [.. rows.Where(row => row.RowKey.StartsWith($"e|{id.Suffix}|", StringComparison.Ordinal))]);
    }

    // Without what is the service's own: keys, version and time.
    private static List<string> Names(TableEntity row) =>
        [.. row.Keys.Where(name => name is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag"))];

    private static object Other(object value) => value switch
    {
        string text => text + "x",
        bool flag => !flag,
        int number => number + 1,
        DateTimeOffset time => time.AddTicks(1),
        _ => throw new InvalidOperationException($"{value.GetType()} is new here."),
    };

    private static TableEntity With(TableEntity row, string name, object? value)
    {
        var copy = Copy(row, row.PartitionKey, row.RowKey);
        copy[name] = value;
        return copy;
    }

    private static TableEntity At(EnrollmentId id, TableEntity row, int sequence) => Copy(row, id.Month, EnrollmentKeys.Event(id, sequence));

    private static TableEntity Copy(EnrollmentId id, TableEntity row) => Copy(row, id.Month, EnrollmentKeys.Enrollment(id));

    private static TableEntity Copy(TableEntity row, string partitionKey, string rowKey)
    {
        var copy = new TableEntity(partitionKey, rowKey) { ETag = row.ETag };
        foreach (var name in Names(row))
        {
            copy[name] = row[name];
        }

        return copy;
    }

    private sealed record Stored(EventKeyring Keys, EnrollmentId Id, TableEntity Row, List<TableEntity> Events)
    {
        public ChainVerdict Check() => ChainCheck.Run(Keys, Id, Row, Events);

        public Stored Replace(int at, TableEntity row) => this with { Events = [.. Events.Select((old, i) => i == at ? row : old)] };
    }
}
