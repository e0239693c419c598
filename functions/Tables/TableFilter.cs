using System.Globalization;
using System.Text;

namespace Prestage.Functions.Tables;

/// <summary>
/// Makes filters of the table service (learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities) from interpolated text:
/// each value becomes a literal of its type, so that no value can change what the filter means.
/// </summary>
internal static class TableFilter
{
    /// <summary>
    /// <c>Create($"PartitionKey eq {month} and Open eq {true}")</c>; quotes around a value are not written. An
    /// <see cref="ArgumentException"/> for a null, a value of another type, or a value inside quotes.
    /// </summary>
    public static string Create(FormattableString filter)
    {
        var format = filter.Format;
        var text = new StringBuilder(format.Length + 64);
        var quoted = false;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] is '{' or '}' && format.ElementAtOrDefault(i + 1) != format[i])
            {
                // Between quotes a literal's own quotes would end the text and let the value go on as filter.
                var end = quoted ? throw new ArgumentException("A value stands between quotes in the filter.", nameof(filter)) : format.IndexOf('}', i);
                var index = int.Parse(format.AsSpan(i + 1, end - i - 1).TrimEnd(' '), NumberStyles.None, CultureInfo.InvariantCulture);
                text.Append(Literal(filter.GetArgument(index)));
                i = end;
                continue;
            }

            i += format[i] is '{' or '}' ? 1 : 0;
            quoted ^= format[i] == '\'';
            text.Append(format[i]);
        }

        return quoted ? throw new ArgumentException("The filter's quotes are not in pairs.", nameof(filter)) : text.ToString();
    }

    private static string Literal(object? value) => value switch
    {
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        int number => number.ToString(CultureInfo.InvariantCulture),
        long number => $"{number.ToString(CultureInfo.InvariantCulture)}L",
        bool flag => flag ? "true" : "false",
        DateTimeOffset time => $"datetime'{TableEntityWriter.Text(time)}'",
        null => throw new ArgumentException("A filter compares with a null; tables store none.", nameof(value)),
        _ => throw new ArgumentException($"A filter compares with a {value.GetType().Name}, which tables do not store.", nameof(value)),
    };
}
