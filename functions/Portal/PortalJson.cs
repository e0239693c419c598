using System.Text.Json.Serialization;

namespace Prestage.Functions.Portal;

/// <summary>The JSON context of the portal's API, in the wire's manner; the Mac has no part in it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(EnrollmentList))]
[JsonSerializable(typeof(EnrollmentSummary))]
[JsonSerializable(typeof(EnrollmentPage))]
[JsonSerializable(typeof(DevicePage))]
[JsonSerializable(typeof(PortalHealth))]
[JsonSerializable(typeof(EmptyRequest))]
[JsonSerializable(typeof(EnrollmentAnswer))]
[JsonSerializable(typeof(DeviceReleased))]
[JsonSerializable(typeof(ReleaseAttemptsRequest))]
[JsonSerializable(typeof(AttemptsReleased))]
[JsonSerializable(typeof(CreatePasscodeRequest))]
[JsonSerializable(typeof(PasscodeCreated))]
[JsonSerializable(typeof(PasscodePage))]
[JsonSerializable(typeof(AttemptsPage))]
internal sealed partial class PortalJson : JsonSerializerContext;

/// <summary>The body of a POST that says everything by its route: <c>{}</c>.</summary>
internal sealed record EmptyRequest;
