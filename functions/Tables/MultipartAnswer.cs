using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Prestage.Functions.Tables;

/// <summary>
/// One HTTP answer inside a multipart/mixed body (RFC 2046 §5.1), which may be nested. Lenient: preambles, bare line feeds, missing part
/// headers and quoted boundaries are all read; a part without an HTTP status line is left out.
/// </summary>
internal sealed record MultipartAnswer(int Status, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    public static IReadOnlyList<MultipartAnswer> Read(string? contentType, string body)
    {
        var answers = new List<MultipartAnswer>();
        Collect(contentType, body.Split('\n').Select(line => line.TrimEnd('\r')).ToArray(), answers);
        return answers;
    }

    private static void Collect(string? contentType, ArraySegment<string> lines, List<MultipartAnswer> answers)
    {
        if (Delimiter(contentType, lines) is not { } delimiter)
        {
            if (ReadAnswer(lines) is { } answer)
            {
                answers.Add(answer);
            }

            return;
        }

        foreach (var part in Parts(lines, delimiter))
        {
            var (headers, content) = ReadHeaders(part);
            Collect(headers.GetValueOrDefault("Content-Type"), content, answers);
        }
    }

    private static IEnumerable<ArraySegment<string>> Parts(ArraySegment<string> lines, string delimiter)
    {
        var start = -1;
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i].TrimEnd();
            if (line != delimiter && line != $"{delimiter}--")
            {
                continue;
            }

            if (start >= 0)
            {
                yield return lines[start..i];
            }

            start = i + 1;
            if (line != delimiter)
            {
                yield break;
            }
        }

        if (start >= 0)
        {
            yield return lines[start..];
        }
    }

    private static (Dictionary<string, string> Headers, ArraySegment<string> Content) ReadHeaders(ArraySegment<string> lines)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var i = 0;
        for (; i < lines.Count && lines[i].Length > 0 && !IsStatusLine(lines[i]) && !IsDelimiter(lines[i]); i++)
        {
            var colon = lines[i].IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                headers[lines[i][..colon].Trim()] = lines[i][(colon + 1)..].Trim();
            }
        }

        return (headers, lines[i..]);
    }

    private static MultipartAnswer? ReadAnswer(ArraySegment<string> lines)
    {
        var first = lines.TakeWhile(line => !IsStatusLine(line)).Count();
        if (first == lines.Count || !int.TryParse(lines[first].Split(' ')[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            return null;
        }

        var (headers, body) = ReadHeaders(lines[(first + 1)..]);
        return new(status, headers, Encoding.UTF8.GetBytes(string.Join('\n', body.AsEnumerable())));
    }

    private static bool IsStatusLine(string line) => line.StartsWith("HTTP/1.", StringComparison.Ordinal) && line.Contains(' ', StringComparison.Ordinal);

    private static bool IsDelimiter(string line) => line.StartsWith("--", StringComparison.Ordinal);

    // Where the header is missing or unreadable, the first line tells.
    private static string? Delimiter(string? contentType, ArraySegment<string> lines)
    {
        if (MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase))?.Value is { } boundary)
        {
            return $"--{boundary.Trim('"')}";
        }

        return lines.FirstOrDefault(line => line.Length > 0) is { } first && IsDelimiter(first) ? first.TrimEnd() : null;
    }
}
