using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Prestage.Functions.Hosting;

namespace Prestage.Functions.Storage;

/// <summary>Settings <c>Storage__*</c>: the account of the tables, where it is not that of <c>AzureWebJobsStorage</c>.</summary>
internal sealed class StorageOptions
{
    [Description("Connection string of the storage account that holds the tables (Azurite, development).")]
    public string? ConnectionString { get; set; }

    [Description("Name of the storage account that holds the tables, reached by managed identity.")]
    [RegularExpression("^[a-z0-9]{3,24}$", ErrorMessage = "must be the name of a storage account: 3 to 24 lower-case letters and digits.")]
    public string? AccountName { get; set; }

    [Description("Address of the table service of that account, such as https://name.table.core.windows.net, in place of its name: "
        + "for other clouds and custom names.")]
    [Address(ErrorMessage = "must be an https address without a path.")]
    public string? TableServiceUri { get; set; }

    [Description("Client id of the user-assigned managed identity for the tables; empty for the system-assigned one.")]
    public string? ClientId { get; set; }

    [Description("Put before each table's name, so that several installations can share an account.")]
    [RegularExpression("^([A-Za-z][A-Za-z0-9]{0,30})?$", ErrorMessage = "must be up to 31 letters and digits, the first a letter.")]
    public string TablePrefix { get; set; } = string.Empty;

    /// <summary>Whether these settings name an account.</summary>
    public bool NameAccount() => !string.IsNullOrEmpty(ConnectionString) || TableEndpoint() is not null;

    /// <summary>The table service, where it is reached by managed identity.</summary>
    public Uri? TableEndpoint() => StorageEndpoint.Of(TableServiceUri, AccountName, "table");
}

/// <summary>Setting <c>AzureWebJobsStorage</c> (a connection string) or its parts: the host's own account, which holds the queue.</summary>
internal sealed class HostStorageOptions
{
    [Description("Name of the storage account that holds the queue, reached by managed identity; "
        + "instead of a connection string in AzureWebJobsStorage.")]
    [RegularExpression("^[a-z0-9]{3,24}$", ErrorMessage = "must be the name of a storage account: 3 to 24 lower-case letters and digits.")]
    public string? AccountName { get; set; }

    [Description("Address of the queue service of that account, such as https://name.queue.core.windows.net, in place of its name: "
        + "for other clouds and custom names.")]
    [Address(ErrorMessage = "must be an https address without a path.")]
    public string? QueueServiceUri { get; set; }

    [Description("Address of the table service of that account, beside AzureWebJobsStorage__QueueServiceUri, "
        + "where Storage__* names no account for the tables.")]
    [Address(ErrorMessage = "must be an https address without a path.")]
    public string? TableServiceUri { get; set; }

    [Description("Client id of the user-assigned managed identity for the queue; empty for the system-assigned one.")]
    public string? ClientId { get; set; }

    /// <summary>The queue service, where it is reached by managed identity.</summary>
    public Uri? QueueEndpoint() => StorageEndpoint.Of(QueueServiceUri, AccountName, "queue");

    /// <summary>The table service, where it is reached by managed identity.</summary>
    public Uri? TableEndpoint() => StorageEndpoint.Of(TableServiceUri, AccountName, "table");
}

/// <summary>
/// The address of a service as the Functions host makes it (learn.microsoft.com/azure/azure-functions/functions-reference, "Connections").
/// </summary>
file static class StorageEndpoint
{
    public static Uri? Of(string? address, string? account, string service) => (address, account) switch
    {
        ({ Length: > 0 }, _) => Uri.TryCreate(address, UriKind.Absolute, out var endpoint) ? endpoint : null,
        (_, { Length: > 0 }) => new($"https://{account}.{service}.core.windows.net"),
        _ => null,
    };
}

[OptionsValidator]
internal sealed partial class StorageOptionsValidator : IValidateOptions<StorageOptions>;

[OptionsValidator]
internal sealed partial class HostStorageOptionsValidator : IValidateOptions<HostStorageOptions>;
