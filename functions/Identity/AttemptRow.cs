using System.Globalization;
using Azure;
using Prestage.Functions.Tables;

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

    /// <summary>From a table entity.</summary>
    public static AttemptRow FromEntity(TableEntity entity) => new()
    {
        Key = entity.PartitionKey,
        Failed = [.. Words(entity, "Failed").Select(Time)],
        Pending = Words(entity, "Pending").Select(word => word.Split(':')).ToDictionary(pair => pair[0], pair => Time(pair[1])),
        LockedUntil = entity.GetDateTimeOffset("LockedUntil"),
        Locks = entity.GetInt32("Locks") ?? 0,
        ETag = entity.ETag,
    };

    private static string Ticks(DateTimeOffset time) => time.UtcTicks.ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string ticks) => new(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero);

    private static string[] Words(TableEntity entity, string name) =>
        (entity.GetString(name) ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
