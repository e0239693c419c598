using System.Collections.Concurrent;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Vault;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Activate;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.History;

/// <summary>What cannot be known yet is not called changed: keys that one instance has and another has not, and reads beside writers.</summary>
public sealed class UncheckedHistoryTests
{
    private static readonly string Old = Convert.ToBase64String([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly string Rotated = Convert.ToBase64String([.. Enumerable.Repeat((byte)2, 32)]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rotation_that_an_instance_has_not_read_yet_is_looked_up_at_once_and_breaks_no_history()
    {
        var (backend, secrets) = await StartAsync();
        await using var running = backend;
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        secrets.AtSource[EventKeys.SecretName] = $"{Rotated} {Old}";
        await AppendElsewhereAsync(backend, mac, $"{Rotated} {Old}");

        (await mac.RenewTokenAsync()).IsOk();

        Assert.Equal("intact", (await backend.HistoryAsync(mac)).Chain.ToString());
        Assert.Equal([null, "intact", "intact"], (await backend.EventsAsync("Enrollments")).Select(row => row["Found"]));
        Assert.Equal(1, secrets.Reloads);
    }

    [Fact]
    public async Task A_reader_that_has_not_read_the_rotation_yet_looks_it_up_at_once()
    {
        var (backend, secrets) = await StartAsync();
        await using var running = backend;
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        secrets.AtSource[EventKeys.SecretName] = $"{Rotated} {Old}";
        await AppendElsewhereAsync(backend, mac, $"{Rotated} {Old}");

        Assert.Equal(["intact", "intact"], [(await backend.HistoryAsync(mac)).Chain.ToString(), (await backend.HistoryAsync(mac)).Chain.ToString()]);
        Assert.Equal(1, secrets.Reloads);
    }

    [Fact]
    public async Task While_the_vault_is_away_an_unknown_key_leaves_a_history_unchecked_and_the_vault_is_asked_once()
    {
        var (backend, secrets) = await StartAsync();
        await using var running = backend;
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        secrets.IsAway = true;
        await AppendElsewhereAsync(backend, mac, $"{Rotated} {Old}");

        (await mac.RenewTokenAsync()).IsOk();
        for (var read = 0; read < 5; read++)
        {
            Assert.Equal(new(ChainStatus.Unchecked, 1), (await backend.HistoryAsync(mac)).Chain with { Why = null });
        }

        Assert.Equal(1, secrets.Reloads);

        // Known later, all else is checked; that nobody could check the row before the third event stays.
        (secrets.IsAway, secrets.AtSource[EventKeys.SecretName]) = (false, $"{Rotated} {Old}");
        await backend.RestartAsync();
        Assert.Equal(new(ChainStatus.Unchecked, 2), (await backend.HistoryAsync(mac)).Chain with { Why = null });
        Assert.Equal([null, "intact", "unchecked"], (await backend.EventsAsync("Enrollments")).Select(row => row["Found"]));
    }

    [Fact]
    public async Task A_row_that_names_another_key_than_its_last_event_is_no_unchecked_one()
    {
        var (backend, _) = await StartAsync();
        await using var running = backend;
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        await backend.ChangeRowAsync(IdOf(mac), "s|", null, row => (row["FullName"], row["Key"]) = ("Somebody Else", "0123456789abcdef"));

        (await mac.RenewTokenAsync()).IsOk();

        Assert.Equal("broken at 1", (await backend.HistoryAsync(mac)).Chain.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public async Task A_history_that_is_read_while_its_enrollment_moves_is_intact(int moves)
    {
        await using var proxy = await StorageProxy.StartAsync(await AzuriteFixture.NewAccountAsync());
        await using var backend = await Backend.StartAsync(storage: proxy.ConnectionString);
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        var left = moves;
        proxy.Before = async call =>
        {
            // Between the read of the row and that of its events.
            if (Uri.UnescapeDataString(call.QueryString.Value!).Contains("RowKey ge 'e|", StringComparison.Ordinal) && left-- > 0)
            {
                (await mac.WithTokenAsync("/api/report", new { level = "info", step = "agent", code = "slow", message = "slow" })).IsOk(204);
            }
        };

        var history = await backend.HistoryAsync(mac);

        Assert.Equal(("intact", 1), (history.Chain.ToString(), history.Events.Count));
    }

    [Fact]
    public async Task A_name_that_is_corrected_later_is_in_its_event_and_breaks_no_history()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        var rows = backend.Get<EnrollmentRows>();
        var read = (await rows.FindAsync(IdOf(mac), Cancel))!;

        var corrected = read with { Account = read.Account with { FullName = "Anna Maria Berg" } };
        Assert.NotNull(await rows.TryMoveAsync(read, corrected, new(backend.Clock.GetUtcNow(), "backend", "corrected"), Cancel));

        Assert.Equal("intact", (await backend.HistoryAsync(mac)).Chain.ToString());
        var events = await backend.EventsAsync("Enrollments");
        Assert.Equal([read.Account.FullName, "Anna Maria Berg"], events.Select(row => row["FullName"]));
        Assert.Equal([read.UserId, null], events.Select(row => row["UserId"]));
        await backend.ChangeRowAsync(IdOf(mac), "e|", 0, row => row["FullName"] = "Anna Maria Berg");
        Assert.Equal("broken at 0", (await backend.HistoryAsync(mac)).Chain.ToString());
    }

    [Fact]
    public void Keys_of_events_sort_by_sequence_and_tell_it_however_many_there_are()
    {
        var id = EnrollmentId.Create(DateTimeOffset.UnixEpoch);
        int[] sequences = [0, 1, 999_998, 999_999, 1_000_000, 1_000_001, 9_999_999, 10_000_000, int.MaxValue];
        var keys = sequences.Select(sequence => EnrollmentKeys.Event(id, sequence)).ToList();

        Assert.Equal(keys, keys.Order(StringComparer.Ordinal));
        Assert.Equal(sequences.Cast<int?>(), keys.Select(key => EnrollmentKeys.SequenceOf(id, key)));
        var (from, to) = EnrollmentKeys.Events(id);
        Assert.All(keys, key => Assert.InRange(key, from, to, StringComparer.Ordinal));
        Assert.All(["", "1", "0000001", "a1000000", "-00001", " 00001"], tail => Assert.Null(EnrollmentKeys.SequenceOf(id, from + tail)));
    }

    [Fact]
    public void What_the_service_sets_is_no_part_of_what_is_sealed()
    {
        var time = new DateTimeOffset(2026, 12, 1, 8, 30, 0, TimeSpan.FromHours(2));
        var (row, read) = (new TableEntity("202612", "s|x") { ["At"] = time }, new TableEntity("202612", "s|x") { ["At"] = time.ToUniversalTime() });
        foreach (var (name, value) in new[] { ("PartitionKey", "202612"), ("RowKey", "s|x"), ("odata.etag", "W/1") })
        {
            read[name] = value;
        }

        read["Timestamp"] = time;

        Assert.Equal(CanonicalRow.Of("x", row, "Seal").Bytes.ToArray(), CanonicalRow.Of("x", read, "Seal").Bytes.ToArray());
        Assert.Contains("2026-12-01T06:30:00.0000000Z", System.Text.Encoding.UTF8.GetString(CanonicalRow.Of("x", row, "Seal").Bytes), StringComparison.Ordinal);
    }

    private static EnrollmentId IdOf(WireMac mac) => EnrollmentId.Parse(mac.Token!.Split('.')[0]);

    private static async Task<(Backend Backend, KeptSecrets Secrets)> StartAsync()
    {
        var (tenant, secrets) = (new SimulatedJumpCloudOptions(), new KeptSecrets());
        secrets.AtSource[ApiKeyCredential.SecretName] = tenant.ApiKeys[0];
        secrets.AtSource[EventKeys.SecretName] = Old;
        return (await Backend.StartAsync(tenant: tenant, vault: new(new("https://vault.example"), (_, _) => secrets)), secrets);
    }

    // Another instance, which has read that secret.
    private static async Task AppendElsewhereAsync(Backend backend, WireMac mac, string ring)
    {
        var keys = new EventKeys(new SettingSecrets((EventKeys.SecretName, ring)), backend.Clock, NullLogger<EventKeys>.Instance);
        var table = backend.Tables.GetTableClient("Enrollments");
        var rows = new EnrollmentRows(table, keys, backend.Get<EnrollmentGroup>(), backend.Clock, NullLogger<EnrollmentRows>.Instance);
        Assert.True(await rows.AppendAsync(IdOf(mac), new(backend.Clock.GetUtcNow(), "mac", "elsewhere"), Cancel));
    }

    private sealed class KeptSecrets : ISecretSource
    {
        private readonly ConcurrentDictionary<string, Secret> known = [];

        public ConcurrentDictionary<string, string> AtSource { get; } = [];

        public bool IsAway { get; set; }

        public int Reloads { get; private set; }

        public ValueTask<Secret> GetAsync(string name, CancellationToken cancellationToken) => new(known.GetOrAdd(name, unread => new(AtSource[unread])));

        public Task<Secret> ReloadAsync(string name, CancellationToken cancellationToken)
        {
            Reloads++;
            return IsAway
                ? throw new SecretUnavailableException(name, SecretFault.Unreachable, "it is away.")
                : Task.FromResult(known[name] = new(AtSource[name]));
        }
    }
}
