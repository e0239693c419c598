using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Prestage.Functions.Hosting;

namespace Prestage.Functions.JumpCloud;

/// <summary>Settings <c>JumpCloud__*</c>.</summary>
internal sealed class JumpCloudOptions
{
    [Description("Address of the console API: https://console.jumpcloud.com (US), https://console.eu.jumpcloud.com or https://console.in.jumpcloud.com.")]
    [Address(HttpOnLoopback = true, ErrorMessage = "must be an https address without a path (http only on loopback).")]
    public string BaseUrl { get; set; } = "https://console.jumpcloud.com";

    [Description("Id of your JumpCloud organization. JumpCloud vouches for any organization's Mac, so only this one's may enroll.")]
    [Required(ErrorMessage = "is required: the id of your JumpCloud organization, 24 hexadecimal digits.")]
    [RegularExpression("^[0-9a-f]{24}$", ErrorMessage = "must be 24 lower-case hexadecimal digits.")]
    public string OrgId { get; set; } = string.Empty;

    [Description("How the backend signs in to JumpCloud. apiKey: with an administrator's API key (vault secret jumpcloud-api-key). serviceAccount: with a service account (vault secrets jumpcloud-client-id and jumpcloud-client-secret).")]
    public JumpCloudAuth Auth { get; set; } = JumpCloudAuth.ApiKey;

    [Description("Where a service account gets its tokens. The default is that of the US region; JumpCloud tells the address of other regions.")]
    [Address(WithPath = true, HttpOnLoopback = true, ErrorMessage = "must be an https address (http only on loopback).")]
    public string TokenUrl { get; set; } = "https://admin-oauth.id.jumpcloud.com/oauth2/token";

    [Description("The API key itself, for development only: refused where Vault__Uri is set.")]
    public string? ApiKey { get; set; }
}

/// <summary>How the backend signs in to JumpCloud.</summary>
internal enum JumpCloudAuth
{
    /// <summary>Header <c>x-api-key</c>, from the vault secret <c>jumpcloud-api-key</c>.</summary>
    ApiKey,

    /// <summary>A service account's bearer token, by client credentials from the vault.</summary>
    ServiceAccount,
}

[OptionsValidator]
internal sealed partial class JumpCloudOptionsValidator : IValidateOptions<JumpCloudOptions>;
