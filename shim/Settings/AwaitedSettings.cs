using Prestage.Shim.Logging;

namespace Prestage.Shim.Settings;

/// <summary>Settings that may still be on their way: a profile can arrive minutes after the package, or be corrected.</summary>
internal sealed class AwaitedSettings(SettingsReader reader, StepLog log, TimeProvider time)
{
    /// <summary>How long they are waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <exception cref="SettingsException">There are none yet, or they still cannot be used.</exception>
    public async Task<ShimSettings> ReadAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        for (var told = string.Empty; ; await Task.Delay(Pause, time, cancellationToken))
        {
            try
            {
                return await reader.ReadAsync(cancellationToken);
            }
            catch (SettingsException exception) when (time.GetElapsedTime(start) < Patience)
            {
                if (told != exception.Message)
                {
                    told = exception.Message;
                    log.Info($"{told} Waiting for settings, {Patience.TotalMinutes} minutes at most.");
                }
            }
        }
    }
}
