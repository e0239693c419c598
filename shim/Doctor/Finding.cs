using System.Text.Json.Serialization;

namespace Prestage.Shim.Doctor;

/// <summary>How a check went, better ones first.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>The enrollment can end, but leaves something behind or takes longer.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>The enrollment cannot end before this is mended.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>What one check found, and what to do about it.</summary>
/// <param name="Fix">Null where all is well.</param>
internal sealed record Finding(string Check, Verdict Verdict, string Found, string? Fix)
{
    public static Finding Ok(string check, string found) => new(check, Verdict.Ok, found, null);

    public static Finding Warning(string check, string found, string fix) => new(check, Verdict.Warning, found, fix);

    public static Finding Failed(string check, string found, string fix) => new(check, Verdict.Failed, found, fix);
}

/// <summary>All findings, as <c>prestage doctor --json</c> prints them.</summary>
internal sealed record Diagnosis(string Version, Verdict Worst, IReadOnlyList<Finding> Findings);

/// <summary>JSON of the diagnosis.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Diagnosis))]
internal sealed partial class DoctorJson : JsonSerializerContext;
