using System.Text.Json;

namespace Prestage.Functions.JumpCloud;

/// <summary>Reads why JumpCloud refused a password (400 with <c>fullValidationDetails=password</c>, B1 PUT parameter text).</summary>
internal static class PasswordViolations
{
    /// <summary>Stands for a rule that JumpCloud did not name.</summary>
    public const string Unknown = "unknown";

    /// <summary>JumpCloud's codes, such as <c>passwordHistory</c>; empty where the answer is not about the password.</summary>
    public static IReadOnlyList<string> Read(string body)
    {
        ErrorBody? error;
        try
        {
            error = JsonSerializer.Deserialize(body, JumpCloudJson.Default.ErrorBody);
        }
        catch (JsonException)
        {
            // No JSON, so nothing that names a rule.
            return [];
        }

        return
        [
            .. (error?.Details ?? [])
                .SelectMany(detail => detail.FieldViolationsList ?? [])
                .Where(violation => violation.Field == "password" && IsCode(violation.Description))
                .Select(violation => violation.Description!)
                .Distinct(),
        ];
    }

    // Only a code is passed on: a sentence might quote the password.
    private static bool IsCode(string? text) => text is { Length: > 0 and <= 64 } && text.All(char.IsAsciiLetterOrDigit);
}
