using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Hosting;

/// <summary>One call's body, read and checked in the order size, media type, JSON (docs/contract.md).</summary>
/// <param name="Raw">The body's bytes as received: a device proof is bound to them.</param>
/// <param name="Body">The parsed body; meaningless where <paramref name="Problem"/> is set.</param>
/// <param name="Problem">Why the body was refused.</param>
internal readonly record struct Call<T>(byte[] Raw, T? Body, Problem? Problem)
    where T : class;

/// <summary>Reads bodies.</summary>
internal static class Call
{
    /// <summary>The largest body, in bytes.</summary>
    public const int LimitBytes = 64 * 1024;

    /// <summary>Reads and parses the request's JSON body.</summary>
    public static async Task<Call<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (await ReadBytesAsync(request, cancellationToken) is not { } raw)
        {
            return new([], null, Problem.TooLarge(LimitBytes));
        }

        if (!request.HasJsonContentType())
        {
            return new(raw, null, Problem.UnsupportedMediaType());
        }

        try
        {
            return JsonSerializer.Deserialize(raw, type) is { } body
                ? new(raw, body, null)
                : new(raw, null, Problem.InvalidRequest("body", "must be a JSON object."));
        }
        catch (JsonException exception)
        {
            return new(raw, null, Malformed(exception));
        }
    }

    private static async Task<byte[]?> ReadBytesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > LimitBytes)
        {
            return null;
        }

        using var buffer = new MemoryStream((int)(request.ContentLength ?? 512));
        var chunk = new byte[8 * 1024];
        while (await request.Body.ReadAsync(chunk, cancellationToken) is > 0 and var count)
        {
            if (buffer.Length + count > LimitBytes)
            {
                return null;
            }

            buffer.Write(chunk, 0, count);
        }

        return buffer.ToArray();
    }

    // The exception's own text may quote the body, which may hold a password: only the path is told.
    private static Problem Malformed(JsonException malformed)
    {
        var member = malformed.Path?.TrimStart('$').TrimStart('.') ?? string.Empty;
        return member.Length == 0
            ? Problem.InvalidRequest("body", "must be one JSON object, each member once.")
            : Problem.InvalidRequest(member.Length > 64 ? member[..64] : member, "is not of the right type, or is given twice.");
    }
}
