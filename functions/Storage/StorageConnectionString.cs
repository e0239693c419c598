using System.Diagnostics.CodeAnalysis;

namespace Prestage.Functions.Storage;

/// <summary>
/// A storage account's connection string (learn.microsoft.com/azure/storage/common/storage-configure-connection-string), as far as
/// account keys go. No message of its errors repeats any of its text, since that holds the key.
/// </summary>
internal sealed record StorageConnectionString(string AccountName, Secret AccountKey, Uri TableEndpoint, Uri QueueEndpoint)
{
    // The documented account and key of every storage emulator; no secret.
    private const string EmulatorAccount = "devstoreaccount1";
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>The same as a connection string that both packages read alike.</summary>
    public string Reveal() =>
        $"AccountName={AccountName};AccountKey={AccountKey.Reveal()};"
        + $"TableEndpoint={TableEndpoint.AbsoluteUri};QueueEndpoint={QueueEndpoint.AbsoluteUri}";

    /// <summary>Reads a connection string; what is wrong with it is the message of a <see cref="FormatException"/>.</summary>
    public static StorageConnectionString Parse(string text)
    {
        var parts = Split(text);
        if (parts.TryGetValue("UseDevelopmentStorage", out var emulator) && emulator.Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            var host = parts.GetValueOrDefault("DevelopmentStorageProxyUri", "http://127.0.0.1").TrimEnd('/');
            return new(EmulatorAccount, new Secret(EmulatorKey), EmulatorEndpoint(host, 10002), EmulatorEndpoint(host, 10001));
        }

        if (parts.ContainsKey("SharedAccessSignature"))
        {
            throw new FormatException("The connection string has a shared access signature; it must have AccountName and AccountKey.");
        }

        var account = Required(parts, "AccountName");
        var key = Required(parts, "AccountKey");
        if (!Convert.TryFromBase64String(key, new byte[key.Length], out _))
        {
            throw new FormatException("The connection string's AccountKey is not base64.");
        }

        return new(account, new Secret(key), ServiceEndpoint(parts, account, "table"), ServiceEndpoint(parts, account, "queue"));
    }

    private static Dictionary<string, string> Split(string text)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // Keys end with '=': only the first one separates.
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !parts.TryAdd(part[..equals].Trim(), part[(equals + 1)..].Trim()))
            {
                throw new FormatException("The connection string is not a list of different Name=value parts with ';' between.");
            }
        }

        return parts;
    }

    private static string Required(Dictionary<string, string> parts, string name) =>
        parts.GetValueOrDefault(name) is { Length: > 0 } value ? value : throw new FormatException($"The connection string has no {name}.");

    private static Uri ServiceEndpoint(Dictionary<string, string> parts, string account, string service)
    {
        var name = $"{char.ToUpperInvariant(service[0])}{service[1..]}Endpoint";
        var text = parts.GetValueOrDefault(name)
            ?? $"{parts.GetValueOrDefault("DefaultEndpointsProtocol", "https")}://{account}.{service}.{parts.GetValueOrDefault("EndpointSuffix", "core.windows.net")}";
        return TryEndpoint(text, out var endpoint)
            ? endpoint
            : throw new FormatException($"The connection string gives no usable {name}: it must be an absolute http or https address.");
    }

    private static Uri EmulatorEndpoint(string host, int port) =>
        TryEndpoint($"{host}:{port}/{EmulatorAccount}", out var endpoint)
            ? endpoint
            : throw new FormatException("The connection string's DevelopmentStorageProxyUri must be an http address without a port.");

    private static bool TryEndpoint(string text, [NotNullWhen(true)] out Uri? endpoint) =>
        Uri.TryCreate(text, UriKind.Absolute, out endpoint) && (endpoint.Scheme is "http" or "https") && endpoint.Query.Length == 0;
}
