using System.Text.Json.Serialization;

namespace Prestage.Functions.Enrollments;

/// <summary>Who did what an event tells.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActorKind>))]
internal enum ActorKind
{
    /// <summary>A person of IT, or a script with the operators' key.</summary>
    [JsonStringEnumMemberName("operator")]
    Operator,

    /// <summary>A Mac that proved itself.</summary>
    [JsonStringEnumMemberName("mac")]
    Mac,

    /// <summary>The program.</summary>
    [JsonStringEnumMemberName("backend")]
    Backend,
}
