using System.Text.Json;

namespace Prestage.Functions.Tables;

/// <summary>A value as it came: of an EDM type that is not used here, or a value that does not fit the type it claims.</summary>
/// <param name="EdmType">The annotation, or null where there was none.</param>
internal sealed record TableOpaqueValue(string? EdmType, JsonElement Json);
