using System.Text.Json;

namespace Prestage.Shim.Ui.SwiftDialog;

/// <summary>What swiftDialog prints with <c>--json</c> when the person has answered: one object of the fields' names.</summary>
internal static class DialogOutput
{
    /// <summary>The answers by name; null where one is missing, double or no text, or the output is anything but one object.</summary>
    public static IReadOnlyDictionary<string, Secret>? Parse(ReadOnlySpan<byte> output, IReadOnlyList<string> names)
    {
        try
        {
            var reader = new Utf8JsonReader(output);
            Dictionary<string, Secret> answers = [];
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                if (!names.Contains(name))
                {
                    reader.Skip();
                }
                else if (reader.TokenType != JsonTokenType.String || !answers.TryAdd(name, new Secret(reader.GetString()!)))
                {
                    return null;
                }
            }

            return reader.TokenType == JsonTokenType.EndObject && !reader.Read() && answers.Count == names.Count ? answers : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
