using System.Security.Cryptography;
using System.Text;

namespace Prestage.Simulators.JumpCloud;

/// <summary>PBKDF2-HMAC-SHA256, 32 bytes: what the simulated agent carries to the simulated Mac.</summary>
internal sealed record PasswordHash(byte[] Salt, int Iterations, byte[] Hash)
{
    /// <summary>Hashes a password with a fresh salt.</summary>
    public static PasswordHash Of(string password, int iterations)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return new PasswordHash(salt, iterations, Derive(password, salt, iterations));
    }

    /// <summary>Whether this is the password.</summary>
    public bool Matches(string password) => CryptographicOperations.FixedTimeEquals(Hash, Derive(password, Salt, Iterations));

    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, 32);
}
