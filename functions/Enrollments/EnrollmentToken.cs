using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Prestage.Functions.Enrollments;

/// <summary><c>&lt;enrollmentId&gt;.&lt;43 base64url characters&gt;</c>: 256 random bits, of which only the SHA-256 is stored.</summary>
internal sealed class EnrollmentToken
{
    private const int SecretLength = 43;
    private readonly string secret;

    private EnrollmentToken(EnrollmentId id, string secret) => (Id, this.secret) = (id, secret);

    /// <summary>The enrollment that the token is for.</summary>
    public EnrollmentId Id { get; }

    /// <summary>What is stored: SHA-256, hex.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>A new token.</summary>
    public static EnrollmentToken Create(EnrollmentId id) => new(id, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>Reads the value of an <c>Authorization</c> header.</summary>
    public static bool TryParse(string? header, [NotNullWhen(true)] out EnrollmentToken? token)
    {
        const string Scheme = "Bearer ";
        token = null;
        if (header is null || !header.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return false;
        }

        var text = header[Scheme.Length..];
        var dot = text.IndexOf('.');
        if (dot < 0 || text.Length - dot - 1 != SecretLength || !EnrollmentId.TryParse(text[..dot], out var id)
            || !text.AsSpan(dot + 1).ToString().All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            return false;
        }

        token = new(id, text[(dot + 1)..]);
        return true;
    }

    /// <summary>Whether the stored hash is this token's, in a time that depends on neither.</summary>
    public bool Matches(string storedHash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Hash), Encoding.UTF8.GetBytes(storedHash));

    /// <summary>For the one answer that tells it.</summary>
    public Secret ToSecret() => new($"{Id}.{secret}");

    /// <inheritdoc/>
    public override string ToString() => "***";
}
