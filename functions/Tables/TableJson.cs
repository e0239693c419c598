using System.Text.Json.Serialization;

namespace Prestage.Functions.Tables;

/// <summary>The body that creates a table.</summary>
internal sealed record TableName([property: JsonPropertyName("TableName")] string Name);

[JsonSerializable(typeof(TableName))]
internal sealed partial class TableJson : JsonSerializerContext;
