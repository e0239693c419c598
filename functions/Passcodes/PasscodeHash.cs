using System.Security.Cryptography;
using Prestage.Functions.Hosting;

namespace Prestage.Functions.Passcodes;

/// <summary>
/// What is stored of a passcode: PBKDF2-HMAC-SHA256 with a salt of its own (RFC 8018; NIST SP 800-132). With 49 random bits, whoever reads the
/// table would need far longer than a passcode lives.
/// </summary>
internal sealed class PasscodeHash(byte[] salt, byte[] key, int iterations)
{
    private const int DefaultIterations = 120_000;
    private const int MostIterations = 10 * DefaultIterations;
    private const int SaltBytes = 16;
    private const int KeyBytes = 32;

    /// <summary>Matches nothing, for the same work.</summary>
    public static PasscodeHash OfNobody { get; } =
        new(RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(KeyBytes), DefaultIterations);

    public string Salt => Convert.ToBase64String(salt);

    public string Key => Convert.ToBase64String(key);

    public int Iterations => iterations;

    /// <summary>The hash of stored parts; null where they are none, or would cost more work than any hash of ours.</summary>
    public static PasscodeHash? Find(string salt, string key, int iterations)
    {
        var (saltBytes, keyBytes) = (new byte[salt.Length], new byte[key.Length]);
        return iterations is > 0 and <= MostIterations
            && Convert.TryFromBase64String(salt, saltBytes, out var saltLength) && saltLength > 0
            && Convert.TryFromBase64String(key, keyBytes, out var keyLength) && keyLength == KeyBytes
                ? new(saltBytes[..saltLength], keyBytes[..keyLength], iterations)
                : null;
    }

    /// <summary>Hashes a new passcode.</summary>
    public static PasscodeHash Of(Secret passcode)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new(salt, Derive(passcode, salt, DefaultIterations), DefaultIterations);
    }

    /// <summary>Whether the typed text is this passcode; the work and the time are the same either way.</summary>
    public bool Matches(Secret typed) => CryptographicOperations.FixedTimeEquals(Derive(typed, salt, iterations), key);

    private static byte[] Derive(Secret passcode, byte[] salt, int iterations)
    {
        CallUsage.CountKeyDerivation();
        return Rfc2898DeriveBytes.Pbkdf2(PasscodeText.Normalize(passcode), salt, iterations, HashAlgorithmName.SHA256, KeyBytes);
    }
}
