using System.Text.RegularExpressions;
using Azure;
using Azure.Data.Tables.Models;

namespace Prestage.Functions.Storage;

/// <summary>Error codes of our own, beside the services', for what happens on this side of the wire.</summary>
internal static partial class StorageErrorCode
{
    /// <summary>
    /// No answer after all tries: refused or broken connection, or time run out. Whether a write took effect is not known.
    /// </summary>
    public const string NoAnswer = "NoAnswer";

    /// <summary>No token could be had for the managed identity; the service was not asked.</summary>
    public const string NoCredential = "NoCredential";

    /// <summary>Something in between, or the service, answered with success and a body that is none of a table or queue.</summary>
    public const string InvalidAnswer = "InvalidAnswer";

    /// <summary>
    /// The code of a failure; null where there is none. The package for tables reads it from a JSON body only, and what stands before the
    /// service answers in XML or with a header alone.
    /// </summary>
    public static string? Of(RequestFailedException failed)
    {
        if (failed.ErrorCode is not null || failed.GetRawResponse() is not { } response)
        {
            return failed.ErrorCode;
        }

        return response.Headers.TryGetValue("x-ms-error-code", out var code) ? code
            : response.ContentStream is MemoryStream && XmlCode().Match(response.Content.ToString()) is { Success: true } match
                ? match.Groups[1].Value
                : null;
    }

    /// <summary>Whether the service said that the row is not there; that a table is missing is another failure of status 404.</summary>
    public static bool IsOfMissingRow(RequestFailedException failed) =>
        failed.ErrorCode == TableErrorCode.ResourceNotFound || failed.ErrorCode == TableErrorCode.EntityNotFound;

    [GeneratedRegex("<(?:m:)?code>([A-Za-z]+)</", RegexOptions.IgnoreCase)]
    private static partial Regex XmlCode();
}
