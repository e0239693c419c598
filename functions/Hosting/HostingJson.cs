using System.Text.Json.Serialization;
using Prestage.Functions.Finish;

namespace Prestage.Functions.Hosting;

/// <summary>The JSON context of queue messages and trigger envelopes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FinishMessage))]
[JsonSerializable(typeof(string))]
internal sealed partial class HostingJson : JsonSerializerContext;
