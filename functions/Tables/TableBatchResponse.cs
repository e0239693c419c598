using System.Globalization;
using Azure;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Tables;

/// <summary>
/// Reads the answer to an entity-group transaction: 202 in any case, with one part for each operation, or with a single part, the error
/// of the operation that spoiled it, whose message starts with that operation's number.
/// </summary>
internal static class TableBatchResponse
{
    /// <summary>The ETags in order; throws <see cref="TableTransactionFailedException"/> when the transaction was refused.</summary>
    public static IReadOnlyList<ETag> Read(Response response, int operations)
    {
        var answers = MultipartAnswer.Read(response.Headers.ContentType, response.Content.ToString());
        for (var i = 0; i < answers.Count; i++)
        {
            if (answers[i].Status is < 200 or >= 300)
            {
                throw Failure(answers[i], answers.Count == operations ? i : null);
            }
        }

        return answers.Count == operations
            ? [.. answers.Select(answer => answer.Headers.TryGetValue("ETag", out var etag) ? new ETag(etag) : default)]
            : throw new RequestFailedException(
                response.Status, $"The answer to {operations} operations has {answers.Count} parts.", StorageErrorCode.InvalidAnswer, innerException: null);
    }

    private static TableTransactionFailedException Failure(MultipartAnswer answer, int? place)
    {
        var error = StorageErrorBody.Read(answer.Body);
        var message = error.Message ?? "The transaction was refused.";
        var colon = message.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && int.TryParse(message.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            place = index;
            message = message[(colon + 1)..].TrimStart();
        }

        var code = answer.Headers.GetValueOrDefault("x-ms-error-code") ?? error.Code ?? $"{(System.Net.HttpStatusCode)answer.Status}";
        var operation = place is null ? "An operation" : $"Operation {place}";
        return new(answer.Status, $"{operation} of the transaction was refused: {message} ({code})", code, place);
    }
}
