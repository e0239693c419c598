using System.Text.Json;

namespace Prestage.Functions.Enrollments;

/// <summary>The states' names as on the wire, for tables, logs and sentences.</summary>
internal static class EnrollmentNames
{
    private static readonly Dictionary<EnrollmentState, string> Names =
        Enum.GetValues<EnrollmentState>().ToDictionary(state => state, state => JsonNamingPolicy.CamelCase.ConvertName(state.ToString()));

    private static readonly Dictionary<string, EnrollmentState> States = Names.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>The name of a state.</summary>
    public static string Of(EnrollmentState state) => Names[state];

    /// <summary>The state of that name; null where this version has none: a newer one may.</summary>
    public static EnrollmentState? Find(string name) => States.TryGetValue(name, out var state) ? state : null;
}
