using System.ComponentModel;
using Microsoft.Extensions.Options;
using Prestage.Functions.Hosting;

namespace Prestage.Functions.Vault;

/// <summary>Settings <c>Vault__*</c>.</summary>
internal sealed class VaultOptions
{
    [Description("Address of the Key Vault that holds the directory's key or service account, such as https://name.vault.azure.net. Without it JumpCloud__ApiKey is used.")]
    [Address(ErrorMessage = "must be an https address without a path.")]
    public string? Uri { get; set; }

    [Description("Client id of the user-assigned managed identity that may read the vault; empty for the system-assigned one.")]
    public string? ClientId { get; set; }
}

[OptionsValidator]
internal sealed partial class VaultOptionsValidator : IValidateOptions<VaultOptions>;
