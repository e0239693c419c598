using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Azure.Data.Tables;
using Prestage.Functions.Storage;

namespace Prestage.Functions.History;

/// <summary>
/// The one sequence of bytes that a row is for a MAC: keys and every property, by name, with type, each text preceded by its length, so
/// that no two different rows give the same bytes.
/// </summary>
internal sealed class CanonicalRow
{
    private readonly ArrayBufferWriter<byte> bytes = new(1024);

    private CanonicalRow()
    {
    }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.WrittenSpan;

    /// <summary>The row without one property, for the use <paramref name="purpose"/>: bytes made for one use are never good for another.</summary>
    public static CanonicalRow Of(string purpose, TableEntity row, string without)
    {
        var canonical = new CanonicalRow();
        var names = row.OwnProperties().Select(property => property.Key)
            .Where(name => name != without).Order(StringComparer.Ordinal).ToList();
        canonical.Text(purpose).Text(row.PartitionKey).Text(row.RowKey).Text(names.Count.ToString(CultureInfo.InvariantCulture));
        foreach (var name in names)
        {
            canonical.Property(row, name);
        }

        return canonical;
    }

    /// <summary>Adds one property of a row, also when it is not there.</summary>
    public CanonicalRow Property(TableEntity row, string name) => Text(name).Value(row[name]);

    /// <summary>Adds a text.</summary>
    public CanonicalRow Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        BinaryPrimitives.WriteInt32BigEndian(bytes.GetSpan(sizeof(int)), length);
        bytes.Advance(sizeof(int));
        bytes.Advance(Encoding.UTF8.GetBytes(text, bytes.GetSpan(length)));
        return this;
    }

    private CanonicalRow Value(object? value) => value switch
    {
        null => Text("null"),
        string text => Text("text").Text(text),
        bool flag => Text(flag ? "true" : "false"),
        int number => Text("int").Text(number.ToString(CultureInfo.InvariantCulture)),
        long number => Text("long").Text(number.ToString(CultureInfo.InvariantCulture)),
        DateTimeOffset time => Text("time").Text(time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture)),

        // Of a type that the program never writes: somebody else did.
        byte[] other => Text("binary").Text(Convert.ToBase64String(other)),
        IFormattable other => Text(other.GetType().Name).Text(other.ToString(null, CultureInfo.InvariantCulture)),
        _ => Text("other").Text(value.ToString() ?? string.Empty),
    };
}
