using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Primitives;

namespace Prestage.Functions.Portal;

/// <summary>
/// The person whom App Service authentication signed in: header <c>X-MS-CLIENT-PRINCIPAL</c>, base64 of JSON (Microsoft Learn, "Work with user
/// identities in Azure App Service authentication"). The platform sets it and removes what callers send; without the platform anybody can.
/// </summary>
internal sealed record ClientPrincipal([property: JsonPropertyName("auth_typ")] string? Provider, IReadOnlyList<PrincipalClaim>? Claims)
{
    /// <summary>The header's name.</summary>
    public const string Header = "X-MS-CLIENT-PRINCIPAL";

    // Entra ID: another provider that somebody adds to the app could let people choose their own claims.
    private const string EntraId = "aad";
    private const string RoleClaim = "roles";
    private const string RoleClaimUri = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";
    private const int LongestName = 128;

    // The sign-in name first: a display name can be anybody's. A script that signs in as an application has only its ids.
    private static readonly string[] NameClaims =
    [
        "preferred_username",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
        "name",
        "azp",
        "appid",
        "http://schemas.microsoft.com/identity/claims/objectidentifier",
    ];

    /// <summary>The operator, or null where the header is missing, twice there, not readable or names nobody.</summary>
    public static Operator? Read(StringValues header)
    {
        if (header is not [{ Length: > 0 } text])
        {
            return null;
        }

        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(bytes.AsSpan(0, length), PrincipalJson.Default.ClientPrincipal)?.ToOperator();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Operator? ToOperator()
    {
        var claims = (Claims ?? []).Where(claim => claim is { Typ: not null, Val: not null }).ToList();
        var roles = claims.Where(claim => claim.Typ is RoleClaim or RoleClaimUri).Select(claim => claim.Val).ToHashSet(StringComparer.Ordinal);
        var name = NameClaims
            .Select(type => claims.FirstOrDefault(claim => claim.Typ == type && IsName(claim.Val!))?.Val!.Trim())
            .FirstOrDefault(value => value is not null);
        var operates = roles.Contains("Prestage.Operator");
        return name is null || Provider != EntraId ? null : new(name, operates || roles.Contains("Prestage.Reader"), operates);
    }

    private static bool IsName(string value) =>
        !string.IsNullOrWhiteSpace(value) && value.Length <= LongestName && !value.Any(char.IsControl);
}

/// <summary>One claim: its type and its value.</summary>
internal sealed record PrincipalClaim(string? Typ, string? Val);
