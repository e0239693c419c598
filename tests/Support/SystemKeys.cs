using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Prestage.Tests.Support;

/// <summary>
/// Keys of registered systems, RSA 2048. To make one takes a tenth of a second, so a few are made, once for all tests, and the systems of a
/// tenant have them in turn.
/// </summary>
internal static class SystemKeys
{
    /// <summary>How many there are for a tenant's systems.</summary>
    public const int Count = 32;

    private static readonly ConcurrentDictionary<int, Lazy<byte[]>> Keys = [];

    /// <summary>The key of that number.</summary>
    public static RSA Of(int number)
    {
        var key = RSA.Create();
        key.ImportRSAPrivateKey(Keys.GetOrAdd(number, _ => new(Make)).Value, out _);
        return key;
    }

    /// <summary>The same as PEM.</summary>
    public static (string Private, string Public) TextOf(int number)
    {
        using var key = Of(number);
        return (key.ExportRSAPrivateKeyPem(), key.ExportSubjectPublicKeyInfoPem());
    }

    private static byte[] Make()
    {
        using var key = RSA.Create(2048);
        return key.ExportRSAPrivateKey();
    }
}
