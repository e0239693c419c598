using System.Globalization;
using System.Text.Json;
using Azure;

namespace Prestage.Functions.Tables;

/// <summary>Reads rows from <c>application/json;odata=minimalmetadata</c>. No type or value in a row makes the row unreadable.</summary>
internal static class TableEntityReader
{
    private const string TypeSuffix = "@odata.type";

    /// <summary>Reads the one row of a point read.</summary>
    public static TableEntity ReadOne(Response response) => Read(response, ReadEntity);

    /// <summary>Reads the rows of a page.</summary>
    public static IReadOnlyList<TableEntity> ReadMany(Response response) =>
        Read(response, root => root.GetProperty("value").EnumerateArray().Select(ReadEntity).ToList());

    private static T Read<T>(Response response, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(response.Content.ToMemory());
            return read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new RequestFailedException(response.Status, "The table service's answer is not the JSON of rows.", Storage.StorageErrorCode.InvalidAnswer, exception);
        }
    }

    private static TableEntity ReadEntity(JsonElement row)
    {
        var entity = new TableEntity(row.GetProperty("PartitionKey").GetString()!, row.GetProperty("RowKey").GetString()!)
        {
            Timestamp = row.TryGetProperty("Timestamp", out var timestamp) && timestamp.TryGetDateTimeOffset(out var written) ? written : null,
            ETag = row.TryGetProperty("odata.etag", out var etag) ? new ETag(etag.GetString()!) : default,
        };
        var types = row.EnumerateObject().Where(member => member.Name.EndsWith(TypeSuffix, StringComparison.Ordinal))
            .ToDictionary(member => member.Name[..^TypeSuffix.Length], member => member.Value.GetString(), StringComparer.Ordinal);
        foreach (var member in row.EnumerateObject())
        {
            if (member.Name is "PartitionKey" or "RowKey" or "Timestamp" || member.Name.StartsWith("odata.", StringComparison.Ordinal)
                || member.Name.EndsWith(TypeSuffix, StringComparison.Ordinal) || member.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            var type = types.GetValueOrDefault(member.Name);
            entity.SetRead(member.Name, ReadValue(member.Value, type) ?? new TableOpaqueValue(type, member.Value.Clone()));
        }

        return entity;
    }

    // Lenient with numbers: Int64 comes as text, but services and emulators have sent bare numbers, and an untyped one may exceed Int32.
    private static object? ReadValue(JsonElement value, string? type) => (value.ValueKind, type) switch
    {
        (JsonValueKind.String, null or "Edm.String") => value.GetString(),
        (JsonValueKind.True or JsonValueKind.False, null or "Edm.Boolean") => value.GetBoolean(),
        (JsonValueKind.Number, null or "Edm.Int32") when value.TryGetInt32(out var number) => number,
        (JsonValueKind.Number, null or "Edm.Int64") when value.TryGetInt64(out var number) => number,
        (JsonValueKind.String, "Edm.Int32") when int.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        (JsonValueKind.String, "Edm.Int64") when long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        (JsonValueKind.String, "Edm.DateTime") when DateTimeOffset.TryParse(
            value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) => time,
        _ => null,
    };
}
