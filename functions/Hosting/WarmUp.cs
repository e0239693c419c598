using Prestage.Functions.Devices;
using Prestage.Functions.History;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Vault;

namespace Prestage.Functions.Hosting;

/// <summary>
/// Reads the secrets in the background at start, so that the first person does not wait for token and vault, and so that a missing role
/// or secret is told before anybody enrolls.
/// </summary>
internal sealed partial class WarmUp(
    DirectoryCredential credential, EventKeys eventKeys, DeviceKeys deviceKeys, DeviceOptions device, ILogger<WarmUp> log) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await eventKeys.GetAsync(stoppingToken);
            if (device.Trust == TrustMode.Record)
            {
                await deviceKeys.WarmUpAsync(stoppingToken);
            }

            await credential.GetAsync(stoppingToken);
        }
        catch (SecretUnavailableException unavailable)
        {
            Log.KeyUnavailable(log, unavailable);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(9201, LogLevel.Error,
            "The directory's key cannot be read. The app's identity needs the role Key Vault Secrets User, and the vault the secret jumpcloud-api-key; it is tried again at each call")]
        public static partial void KeyUnavailable(ILogger log, Exception reason);
    }
}
