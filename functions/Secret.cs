using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prestage;

/// <summary>
/// A text that must never be shown: <see cref="ToString"/> is <c>***</c>, so that a log line, an exception or a record's
/// own <c>ToString</c> cannot leak it. <see cref="Reveal"/> is the one way to the text.
/// </summary>
[JsonConverter(typeof(SecretJsonConverter))]
internal sealed class Secret(string text)
{
    private readonly string text = text ?? throw new ArgumentNullException(nameof(text));

    /// <summary>Length in UTF-16 units.</summary>
    public int Length => text.Length;

    /// <summary>The text itself, for the one call that needs it.</summary>
    public string Reveal() => text;

    /// <summary>Compares in a time that depends on neither text's content nor length.</summary>
    public bool FixedTimeEquals(string? other)
    {
        Span<byte> mine = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> theirs = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), mine);
        SHA256.HashData(Encoding.UTF8.GetBytes(other ?? string.Empty), theirs);
        return CryptographicOperations.FixedTimeEquals(mine, theirs) && other is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => "***";
}

/// <summary>A <see cref="Secret"/> is a JSON string on the wire, and nowhere else.</summary>
internal sealed class SecretJsonConverter : JsonConverter<Secret>
{
    /// <inheritdoc/>
    public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? new Secret(reader.GetString()!) : throw new JsonException();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Reveal());
}
