using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Prestage.Shim.Backend;

/// <summary>The other end's certificates are trusted but for their dates: the clock of this Mac can be what is wrong.</summary>
/// <param name="isExpired">One of them, an issuer's too, has expired by this Mac's clock; else one is not valid yet.</param>
internal sealed class CertificateDatesException(string message, bool isExpired) : AuthenticationException(message)
{
    public bool IsExpired { get; } = isExpired;
}

/// <summary>Accepts what .NET accepts, and says what is wrong with everything else.</summary>
internal static class CertificateCheck
{
    /// <exception cref="AuthenticationException">The certificate is not accepted.</exception>
    public static bool Accept(DateTimeOffset now, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        var statuses = chain?.ChainStatus.Select(status => status.Status).Distinct().ToArray() ?? [];
        var message = errors == SslPolicyErrors.RemoteCertificateChainErrors
            ? $"The remote certificate is invalid because of errors in the certificate chain: {string.Join(", ", statuses)}"
            : $"The remote certificate is invalid according to the validation procedure: {errors}";
        throw errors == SslPolicyErrors.RemoteCertificateChainErrors && statuses is [X509ChainStatusFlags.NotTimeValid] && certificate is not null
            ? new CertificateDatesException(message, isExpired: chain!.ChainElements.Any(
                element => element.Certificate.NotAfter.ToUniversalTime() < now.UtcDateTime))
            : new AuthenticationException(message);
    }
}
