using System.Text.Json.Serialization;
using Prestage.Functions.Background.Finish;

namespace Prestage.Functions.Hosting;

/// <summary>The JSON context of queue messages.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FinishMessage))]
internal sealed partial class HostingJson : JsonSerializerContext;
