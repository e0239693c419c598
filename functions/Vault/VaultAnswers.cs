using System.Text.Json;
using Azure;

namespace Prestage.Functions.Vault;

/// <summary>Tells the vault's refusals apart (LEARN, Key Vault "Authentication, requests and responses" and "REST API error codes").</summary>
internal static class VaultAnswers
{
    /// <summary>What the answer means, and its most telling code.</summary>
    public static (SecretFault Fault, string? Code) Of(RequestFailedException failed)
    {
        var code = InnerCode(failed) ?? failed.ErrorCode;
        return (failed.Status, code) switch
        {
            (404, "SecretNotFound") => (SecretFault.Missing, code),
            (403, "SecretDisabled") => (SecretFault.Disabled, code),
            (403, "ForbiddenByFirewall" or "ForbiddenByConnection") => (SecretFault.NetworkRefused, code),
            (401 or 403, _) => (SecretFault.RoleMissing, code),
            (0, _) => (SecretFault.Unreachable, code),
            (404, _) => (SecretFault.WrongVault, code),
            _ => (SecretFault.Busy, code),
        };
    }

    // All of them are Forbidden outside; what keeps us out is inside.
    private static string? InnerCode(RequestFailedException failed)
    {
        if (failed.GetRawResponse()?.Content is not { } body)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body.ToMemory());
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("innererror", out var inner) && inner.ValueKind == JsonValueKind.Object
                && inner.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String
                    ? code.GetString()
                    : null;
        }
        catch (JsonException)
        {
            // A proxy's page: the status says what can be said.
            return null;
        }
    }
}
