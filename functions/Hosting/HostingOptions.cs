using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Prestage.Functions.Hosting;

/// <summary>Settings <c>Hosting__*</c>.</summary>
internal sealed class HostingOptions
{
    [Description("Port on 127.0.0.1, where no Functions host names one; 0 for any free one.")]
    [Range(0, 65535, ErrorMessage = "must be a port from 0 to 65535.")]
    public int Port { get; set; } = 7071;

    [Description("How long one call may take in all; then it is answered 503.")]
    [TimeRange("00:00:01", "00:03:30", ErrorMessage = "must be a time span from 00:00:01 to 00:03:30.")]
    public TimeSpan CallLimit { get; set; } = TimeSpan.FromSeconds(60);

    [Description("How often storage, vault and JumpCloud are looked at for GET /api/portal/health, which tells what is wrong; once a minute while something is. 00:00:00: only when that is asked for.")]
    [TimeRange("00:00:00", "1.00:00:00", ErrorMessage = "must be a time span from 00:00:00 to 1.00:00:00.")]
    public TimeSpan WatchEvery { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>Settings <c>Storage__*</c>: the account of the tables, where it is not that of <c>AzureWebJobsStorage</c>.</summary>
internal sealed class StorageOptions
{
    [Description("Connection string of the storage account that holds the tables (Azurite, development).")]
    public string? ConnectionString { get; set; }

    [Description("Name of the storage account that holds the tables, reached by managed identity.")]
    [RegularExpression("^[a-z0-9]{3,24}$", ErrorMessage = "must be the name of a storage account: 3 to 24 lower-case letters and digits.")]
    public string? AccountName { get; set; }

    [Description("Client id of the user-assigned managed identity for the tables; empty for the system-assigned one.")]
    public string? ClientId { get; set; }

    [Description("Put before each table's name, so that several installations can share an account.")]
    [RegularExpression("^([A-Za-z][A-Za-z0-9]{0,30})?$", ErrorMessage = "must be up to 31 letters and digits, the first a letter.")]
    public string TablePrefix { get; set; } = string.Empty;
}

/// <summary>Setting <c>AzureWebJobsStorage</c> (a connection string) or its parts: the host's own account, which holds the queue.</summary>
internal sealed class HostStorageOptions
{
    [Description("Name of the storage account that holds the queue, reached by managed identity; instead of a connection string in AzureWebJobsStorage.")]
    [RegularExpression("^[a-z0-9]{3,24}$", ErrorMessage = "must be the name of a storage account: 3 to 24 lower-case letters and digits.")]
    public string? AccountName { get; set; }

    [Description("Client id of the user-assigned managed identity for the queue; empty for the system-assigned one.")]
    public string? ClientId { get; set; }
}

[OptionsValidator]
internal sealed partial class HostingOptionsValidator : IValidateOptions<HostingOptions>;

[OptionsValidator]
internal sealed partial class StorageOptionsValidator : IValidateOptions<StorageOptions>;

[OptionsValidator]
internal sealed partial class HostStorageOptionsValidator : IValidateOptions<HostStorageOptions>;
