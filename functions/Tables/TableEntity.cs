using System.Collections;
using Azure;

namespace Prestage.Functions.Tables;

/// <summary>
/// One row: its two keys and up to 252 properties of type string, int, long, bool or <see cref="DateTimeOffset"/>. A property of a type
/// outside these, written by someone else, is kept as <see cref="TableOpaqueValue"/> and goes back unchanged. Nulls are not stored.
/// </summary>
internal sealed class TableEntity(string partitionKey, string rowKey) : IEnumerable<KeyValuePair<string, object>>
{
    private readonly Dictionary<string, object> properties = new(StringComparer.Ordinal);

    public string PartitionKey { get; } = partitionKey;

    public string RowKey { get; } = rowKey;

    /// <summary>When the service last wrote the row; set on rows that were read.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>The row's version, opaque; set on rows that were read, and for the caller to set after a write.</summary>
    public ETag ETag { get; set; }

    public int Count => properties.Count;

    /// <summary>
    /// A property, null where there is none; setting null removes it. A name, type or value that the service would refuse is an
    /// <see cref="ArgumentException"/> with the property's name.
    /// </summary>
    public object? this[string name]
    {
        get => properties.GetValueOrDefault(name);
        set
        {
            TableLimits.CheckProperty(name, value);
            if (value is null)
            {
                properties.Remove(name);
            }
            else
            {
                properties[name] = value;
            }
        }
    }

    /// <summary>Adds a property that is not there yet; for collection initializers.</summary>
    public void Add(string name, object? value)
    {
        if (properties.ContainsKey(name))
        {
            throw new ArgumentException($"Property {name} is given twice.", name);
        }

        this[name] = value;
    }

    public bool ContainsKey(string name) => properties.ContainsKey(name);

    /// <summary>The text, or null where there is none; another type is an <see cref="InvalidOperationException"/>, as with all getters.</summary>
    public string? GetString(string name) => properties.GetValueOrDefault(name) switch
    {
        null => null,
        string text => text,
        var other => throw WrongType(name, other),
    };

    public int? GetInt32(string name) => properties.GetValueOrDefault(name) switch
    {
        null => null,
        int number => number,
        long number when number == (int)number => (int)number,
        var other => throw WrongType(name, other),
    };

    public long? GetInt64(string name) => properties.GetValueOrDefault(name) switch
    {
        null => null,
        long number => number,
        int number => number,
        var other => throw WrongType(name, other),
    };

    public bool? GetBoolean(string name) => properties.GetValueOrDefault(name) switch
    {
        null => null,
        bool flag => flag,
        var other => throw WrongType(name, other),
    };

    /// <summary>The time in UTC, exact to 100 ns.</summary>
    public DateTimeOffset? GetDateTimeOffset(string name) => properties.GetValueOrDefault(name) switch
    {
        null => null,
        DateTimeOffset time => time,
        var other => throw WrongType(name, other),
    };

    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => properties.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Takes what the service sent as it is: what it stores is not ours to refuse.</summary>
    internal void SetRead(string name, object value) => properties[name] = value;

    private static InvalidOperationException WrongType(string name, object value) =>
        new($"Property {name} is stored as {value.GetType().Name}.");
}
