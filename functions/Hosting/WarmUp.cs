using Prestage.Functions.Devices;
using Prestage.Functions.History;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Vault;

namespace Prestage.Functions.Hosting;

/// <summary>
/// Reads the secrets, and fetches a service account's token, in the background after the start, so that the first person does not wait for
/// them, and so that a missing role or secret is told before anybody enrolls.
/// </summary>
internal sealed partial class WarmUp(
    IDirectoryCredential credential, EventKeys eventKeys, DeviceKeys deviceKeys, DeviceOptions device, ILogger<WarmUp> log) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await TryAsync(async () => await eventKeys.GetAsync(stoppingToken));
        if (device.Trust == TrustMode.Record)
        {
            await deviceKeys.WarmUpAsync(stoppingToken);
        }

        await TryAsync(async () => await credential.GetAsync(stoppingToken));
    }

    // One secret that is missing does not keep another from being told.
    private async Task TryAsync(Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (SecretUnavailableException exception)
        {
            Log.SecretUnavailable(log, exception);
        }
        catch (DirectoryException exception)
        {
            Log.NotSignedIn(log, credential.Remedy, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(9201, LogLevel.Error,
            "A secret for the directory cannot be read. The app's identity needs the role Key Vault Secrets User, and the vault the secret; it is tried again at each call")]
        public static partial void SecretUnavailable(ILogger log, Exception reason);

        [LoggerMessage(9202, LogLevel.Error, "JumpCloud's token endpoint gives no token. {Remedy}; it is tried again at each call")]
        public static partial void NotSignedIn(ILogger log, string remedy, Exception reason);
    }
}
