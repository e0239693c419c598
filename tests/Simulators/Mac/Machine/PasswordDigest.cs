using System.Security.Cryptography;
using System.Text;

namespace Prestage.Simulators.Mac.Machine;

/// <summary>PBKDF2-HMAC-SHA256, 32 bytes: the only form in which the simulated Mac keeps a password.</summary>
internal sealed class PasswordDigest(byte[] salt, int iterations, byte[] hash)
{
    private const int OwnIterations = 1024;

    public static PasswordDigest Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return new PasswordDigest(salt, OwnIterations, Derive(password, salt, OwnIterations));
    }

    public bool Matches(string password) => CryptographicOperations.FixedTimeEquals(hash, Derive(password, salt, iterations));

    /// <summary>Whether both are the very same salt and hash.</summary>
    public bool IsSame(PasswordDigest? other) => other is not null && CryptographicOperations.FixedTimeEquals(Key(), other.Key());

    private byte[] Key() => [.. salt, .. hash];

    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, 32);
}
