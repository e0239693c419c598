using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;

namespace Prestage.Simulators.JumpCloud;

/// <summary>Where a system that signs for itself is let in (V1 specification, "System Context").</summary>
internal enum SignedUse
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>Routes whose <c>{id}</c> is the system's own.</summary>
    OwnSystem,

    /// <summary>Routes whose body's <c>id</c> is the system's own.</summary>
    OwnMembership,
}

/// <summary>Checks a system's signature (draft-cavage-http-signatures-00) over request line and date.</summary>
internal static partial class SystemContext
{
    /// <summary>The system that signed this request, or null when anything about the signature is not as it has to be.</summary>
    public static string? Verify(HttpContext context, TenantState state, SimulatedJumpCloudOptions options)
    {
        var header = Shape().Match(context.Request.Headers.Authorization.ToString());
        var systemId = header.Groups["id"].Value;
        if (!header.Success || !state.Systems.TryGetValue(systemId, out var row) || row.System.PublicKeyPem is not { } publicKey
            || !options.SystemContextProvisioners.Contains(row.System.ProvisionMetadata.Provisioner.Type))
        {
            return null;
        }

        var date = context.Request.Headers.Date.ToString();
        if (!DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt)
            || (signedAt - options.Clock.GetUtcNow()).Duration() > TimeSpan.FromSeconds(options.SkewSeconds))
        {
            return null;
        }

        // The target as sent: decoding and encoding it again would not give back the signed bytes.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var signed = Encoding.UTF8.GetBytes($"{context.Request.Method} {target} HTTP/1.1\ndate: {date}");
        Span<byte> signature = stackalloc byte[512];
        if (!Convert.TryFromBase64String(header.Groups["signature"].Value, signature, out var length))
        {
            return null;
        }

        using var rsa = RSA.Create();
        rsa.ImportFromPem(publicKey);
        return rsa.VerifyData(signed, signature[..length], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ? systemId : null;
    }

    [GeneratedRegex("""^Signature keyId="system/(?<id>[0-9a-f]{24})",headers="request-line date",algorithm="rsa-sha256",signature="(?<signature>[A-Za-z0-9+/=]+)"$""")]
    private static partial Regex Shape();
}
