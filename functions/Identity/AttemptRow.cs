using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Identity;

/// <summary>The tries of one Mac or of one claimed identity.</summary>
internal sealed record AttemptRow
{
    // A reservation whose call died with its process; its answer reached nobody, so it tells nobody anything.
    private static readonly TimeSpan PendingLife = TimeSpan.FromSeconds(90);

    public required string Key { get; init; }

    /// <summary>When the failed tries that still count were made.</summary>
    public IReadOnlyList<DateTimeOffset> Failed { get; init; } = [];

    /// <summary>Reserved tries: id and time.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Pending { get; init; } = new Dictionary<string, DateTimeOffset>();

    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>How many locks there have been since the last right proof.</summary>
    public int Locks { get; init; }

    public ETag ETag { get; init; }

    /// <summary>Whether the row says nothing any more.</summary>
    public bool IsEmpty => Failed.Count == 0 && Pending.Count == 0 && LockedUntil is null && Locks == 0;

    /// <summary>Without what no longer counts.</summary>
    public AttemptRow At(DateTimeOffset now, TimeSpan window) => this with
    {
        Failed = [.. Failed.Where(at => now - at < window)],
        Pending = Pending.Where(entry => now - entry.Value < PendingLife).ToDictionary(),
    };

    /// <summary>Without one reservation.</summary>
    public AttemptRow Without(string reservation) => this with { Pending = Pending.Where(entry => entry.Key != reservation).ToDictionary() };

    /// <summary>As a table entity.</summary>
    public TableEntity ToEntity(DateTimeOffset now)
    {
        var entity = new TableEntity(Key, "current")
        {
            ["Failed"] = string.Join(' ', Failed.Select(Ticks)),
            ["Pending"] = string.Join(' ', Pending.Select(entry => $"{entry.Key}:{Ticks(entry.Value)}")),
            ["Locks"] = Locks,
            ["UpdatedAt"] = now,
        };
        if (LockedUntil is { } until)
        {
            entity["LockedUntil"] = until;
        }

        return entity;
    }

    /// <summary>Reads a table entity that <see cref="ToEntity"/> made.</summary>
    public static StoredRow<AttemptRow> Read(TableEntity entity)
    {
        var read = new RowReader(entity);
        var failed = Words(read.Text("Failed")).Select(Time).ToList();
        var pending = new Dictionary<string, DateTimeOffset>();
        var isList = Words(read.Text("Pending"))
            .All(word => word.Split(':') is [var id, var ticks] && Time(ticks) is { } at && pending.TryAdd(id, at));
        if (!isList || failed.Contains(null))
        {
            read.Refuse("Failed or Pending is no list of times.");
        }

        return read.Found(new AttemptRow
        {
            Key = entity.PartitionKey,
            Failed = [.. failed.OfType<DateTimeOffset>()],
            Pending = pending,
            LockedUntil = read.OptionalTime("LockedUntil"),
            Locks = read.Number("Locks"),
            ETag = entity.ETag,
        });
    }

    private static string Ticks(DateTimeOffset time) => time.UtcTicks.ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset? Time(string ticks) =>
        long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= DateTimeOffset.MaxValue.UtcTicks
            ? new(value, TimeSpan.Zero)
            : null;

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
