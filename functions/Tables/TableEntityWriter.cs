using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Prestage.Functions.Tables;

/// <summary>
/// A row as the service takes it (learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations): one line, and
/// ASCII only by the default encoder, so that it can stand in a multipart body as it is.
/// </summary>
internal static class TableEntityWriter
{
    public static ReadOnlyMemory<byte> Write(TableEntity entity)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("PartitionKey", entity.PartitionKey);
        json.WriteString("RowKey", entity.RowKey);
        foreach (var (name, value) in entity)
        {
            WriteProperty(json, name, value);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>A time as Edm.DateTime, also in filters.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    private static void WriteProperty(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteString(name, text);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case long number:
                WriteType(json, name, "Edm.Int64");
                json.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset time:
                WriteType(json, name, "Edm.DateTime");
                json.WriteString(name, Text(time));
                break;
            case TableOpaqueValue opaque:
                WriteOpaque(json, name, opaque);
                break;
            default:
                throw new ArgumentException($"Property {name} is of type {value.GetType().Name}, which is not stored.", name);
        }
    }

    private static void WriteOpaque(Utf8JsonWriter json, string name, TableOpaqueValue opaque)
    {
        if (opaque.EdmType is not null)
        {
            WriteType(json, name, opaque.EdmType);
        }

        json.WritePropertyName(name);
        opaque.Json.WriteTo(json);
    }

    private static void WriteType(Utf8JsonWriter json, string name, string edmType) => json.WriteString($"{name}@odata.type", edmType);
}
