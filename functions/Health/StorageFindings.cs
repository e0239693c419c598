using Azure;
using Prestage.Functions.Storage;
using static Prestage.Functions.Health.DependencyStatus;

namespace Prestage.Functions.Health;

/// <summary>What a failure of the table or queue service means, and what to do (LEARN, "Common REST API error codes" of Azure Storage).</summary>
/// <param name="What"><c>table</c> or <c>queue</c>.</param>
/// <param name="Settings">The settings that name the account.</param>
internal sealed record StorageFindings(string What, string Settings)
{
    private string Role => What == "table" ? "Storage Table Data Contributor" : "Storage Queue Data Contributor";

    /// <summary>The finding.</summary>
    public Finding Of(RequestFailedException failed) => StorageErrorCode.Of(failed) switch
    {
        StorageErrorCode.NoAnswer => new(
            Down, "storage-unreachable", $"The {What} service does not answer.",
            $"See that the storage account of {Settings} exists and that this app's network reaches it."),
        StorageErrorCode.NoCredential => new(
            Down, "identity-missing", $"There is no token of the managed identity for the {What} service.",
            $"Give the app the user-assigned identity whose client id is in {Settings}: azd provision does."),
        "AuthorizationPermissionMismatch" or "InsufficientAccountPermissions" => new(
            Down, "storage-role-missing", $"The {What} service knows the app's identity and does not let it work there ({StorageErrorCode.Of(failed)}).",
            $"Give the identity the role {Role} on the storage account of {Settings}: azd provision does. It counts after some minutes."),
        "AuthorizationFailure" => new(
            Down, "storage-network-refused", "The storage account's network rules keep this app out (AuthorizationFailure).",
            $"Let this app's network in at the storage account of {Settings} (Networking), or approve its private endpoint."),
        "AuthenticationFailed" or "InvalidAuthenticationInfo" or "NoAuthenticationInformation" or "KeyBasedAuthenticationNotPermitted" => new(
            Down, "storage-key-refused", $"The {What} service does not accept the account's key or the identity's token ({StorageErrorCode.Of(failed)}).",
            $"See that {Settings} names the right account, with its present key where it is a connection string, and that this machine's clock is right."),
        "TableBeingDeleted" or "QueueBeingDeleted" => new(
            Down, "storage-being-deleted", $"A {What} was deleted a moment ago, and its name cannot be used yet.",
            "Wait: it is made anew by itself. docs/operations.md, Restore, says what is lost."),
        _ when failed.Status is 429 or >= 500 => new(
            Degraded, "storage-busy", $"The {What} service answers {failed.Status} {StorageErrorCode.Of(failed)}.",
            "Wait; if it lasts, look at the storage account's metrics and at Azure's status page."),
        _ => new(
            Down, "storage-refused", $"The {What} service answers {failed.Status} {StorageErrorCode.Of(failed)}.",
            $"Look at the storage account of {Settings}."),
    };
}
