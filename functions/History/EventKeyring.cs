using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Prestage.Functions.History;

/// <summary>One key of the event chain, HMAC-SHA256.</summary>
internal sealed class EventKey(byte[] key)
{
    // The key's own MAC over a fixed text names it without telling anything about it.
    private readonly byte[] key = key;

    /// <summary>What a row says of the key it was sealed with: 16 hex digits.</summary>
    public string Id { get; } = Convert.ToHexStringLower(HMACSHA256.HashData(key, "prestage event key id"u8).AsSpan(0, 8));

    /// <summary>The MAC, base64url.</summary>
    public string Sign(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(HMACSHA256.HashData(key, bytes));

    /// <inheritdoc/>
    public override string ToString() => Id;
}

/// <summary>
/// The keys as the secret holds them, separated by white space: the first one seals, all of them check, so that a new key is put in front
/// and the old ones stay for what they have sealed.
/// </summary>
internal sealed class EventKeyring
{
    /// <summary>What a right secret is.</summary>
    public const string Right = "must be the base64 of at least 32 random bytes; older keys may follow, separated by spaces.";

    private const int ShortestKey = 32;
    private readonly EventKey[] keys;

    private EventKeyring(EventKey[] keys) => this.keys = keys;

    /// <summary>No key is to be had.</summary>
    public static EventKeyring None { get; } = new([]);

    /// <summary>The key that seals, or null.</summary>
    public EventKey? Current => keys.FirstOrDefault();

    /// <summary>The key of that id, or null.</summary>
    public EventKey? Find(string id) => Array.Find(keys, key => key.Id == id);

    /// <summary>Reads the secret's text.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out EventKeyring? keyring)
    {
        keyring = null;
        List<EventKey> keys = [];
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var bytes = new byte[word.Length];
            if (!Convert.TryFromBase64String(word, bytes, out var length) || length < ShortestKey)
            {
                return false;
            }

            keys.Add(new(bytes[..length]));
        }

        keyring = keys.Count > 0 ? new([.. keys]) : null;
        return keyring is not null;
    }
}
