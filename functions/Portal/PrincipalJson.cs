using System.Text.Json.Serialization;

namespace Prestage.Functions.Portal;

/// <summary>The JSON context of <see cref="ClientPrincipal"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ClientPrincipal))]
internal sealed partial class PrincipalJson : JsonSerializerContext;
