namespace Prestage.Functions.Tables;

/// <summary>
/// What the table service accepts (learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model). Checked before
/// anything is sent, since the emulator accepts much of what the service refuses. Each failure is an <see cref="ArgumentException"/>.
/// </summary>
internal static class TableLimits
{
    public const int BatchOperations = 100;
    public const int BatchBytes = 4 * 1024 * 1024;
    public const int PageRows = 1000;
    private const int EntityBytes = 1024 * 1024;
    private const int Properties = 252;
    private const int NameLength = 255;
    private const int KeyLength = 1024;
    private const int TextLength = 32 * 1024;
    private static readonly DateTimeOffset EarliestTime = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void CheckTableName(string name)
    {
        if (name.Length is < 3 or > 63 || !char.IsAsciiLetter(name[0]) || !name.All(char.IsAsciiLetterOrDigit)
            || name.Equals("tables", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"{name} is no table name: 3 to 63 letters and digits, a letter first, and not \"tables\".", nameof(name));
        }
    }

    /// <summary>Checks one key; <paramref name="property"/> is PartitionKey or RowKey. The empty key is allowed.</summary>
    public static void CheckKey(string property, string? key)
    {
        ArgumentNullException.ThrowIfNull(key, property);
        if (key.Length > KeyLength)
        {
            throw new ArgumentException($"{property} has {key.Length} characters; {KeyLength} is the limit.", property);
        }

        for (var i = 0; i < key.Length; i++)
        {
            if (key[i] is '/' or '\\' or '#' or '?' || char.IsControl(key[i]))
            {
                throw new ArgumentException($"{property} has U+{(int)key[i]:X4} at {i}; keys must not have / \\ # ? and control characters.", property);
            }

            // Half a surrogate pair has no UTF-8: every such key would become the same one on the way.
            if (char.IsSurrogate(key[i]) && !(char.IsSurrogatePair(key, i) && i++ >= 0))
            {
                throw new ArgumentException($"{property} has half a surrogate pair at {i}.", property);
            }
        }
    }

    public static void CheckPropertyName(string name)
    {
        if (name.Length is 0 or > NameLength || !(char.IsLetter(name[0]) || name[0] == '_') || !name.All(c => char.IsLetterOrDigit(c) || c == '_'))
        {
            throw new ArgumentException($"{name} is no property name: letters, digits and _, no digit first, at most {NameLength}.", name);
        }
    }

    /// <summary>Checks name, type and length of one property; null is fine as a value.</summary>
    public static void CheckProperty(string name, object? value)
    {
        CheckPropertyName(name);
        if (name is "PartitionKey" or "RowKey" or "Timestamp")
        {
            throw new ArgumentException($"{name} is not set as a property.", name);
        }

        switch (value)
        {
            case null or int or long or bool or TableOpaqueValue:
                break;
            case string { Length: > TextLength } text:
                throw new ArgumentException($"Property {name} has {text.Length} characters; {TextLength} is the limit.", name);
            case string:
                break;
            case DateTimeOffset time when time < EarliestTime:
                throw new ArgumentException($"Property {name} is before the year 1601.", name);
            case DateTimeOffset:
                break;
            default:
                throw new ArgumentException($"Property {name} is of type {value.GetType().Name}, which is not stored.", name);
        }
    }

    /// <summary>Checks keys, number of properties and size by the service's own formula.</summary>
    public static void CheckEntity(TableEntity entity)
    {
        CheckKey(nameof(TableEntity.PartitionKey), entity.PartitionKey);
        CheckKey(nameof(TableEntity.RowKey), entity.RowKey);
        if (entity.Count > Properties)
        {
            throw new ArgumentException($"The entity has {entity.Count} properties; {Properties} is the limit.", nameof(entity));
        }

        var largest = entity.Select(property => (property.Key, Size: Size(property))).DefaultIfEmpty().MaxBy(property => property.Size);
        var size = 4 + (2 * (entity.PartitionKey.Length + entity.RowKey.Length)) + entity.Sum(Size);
        if (size > EntityBytes)
        {
            throw new ArgumentException($"The entity has {size} bytes; {EntityBytes} is the limit. Its largest property is {largest.Key}.", largest.Key);
        }
    }

    private static long Size(KeyValuePair<string, object> property) => 8 + (2 * property.Key.Length) + property.Value switch
    {
        string text => 4 + (2 * text.Length),
        int => 4,
        bool => 1,
        TableOpaqueValue opaque => 4 + opaque.Json.GetRawText().Length,
        _ => 8,
    };
}
