using System.Text.Json.Serialization;

namespace Prestage.Simulators.JumpCloud;

/// <summary>JSON of the tenant's records and of the control surface.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(TenantUser))]
[JsonSerializable(typeof(TenantSystem))]
[JsonSerializable(typeof(TenantGroup))]
[JsonSerializable(typeof(PasswordPolicy))]
[JsonSerializable(typeof(SimulatedJumpCloudOptions))]
[JsonSerializable(typeof(Fault))]
[JsonSerializable(typeof(UserMetric[]))]
[JsonSerializable(typeof(IReadOnlyList<Loopback.RequestRecord>))]
internal sealed partial class TenantJson : JsonSerializerContext;
