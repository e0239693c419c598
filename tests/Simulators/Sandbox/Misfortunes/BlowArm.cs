using System.Text.Json.Nodes;
using Prestage.Simulators.Processes;

namespace Prestage.Simulators.Sandbox.Misfortunes;

/// <summary>Deals the blows to a running world. Two that concern the same part wait for each other.</summary>
/// <param name="macs">Each with its wire.</param>
internal sealed class BlowArm(World world, IReadOnlyList<(EnrollingMac Mac, NetworkWire Wire)> macs, Canaries canaries) : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly SemaphoreSlim ofBackend = new(1);
    private readonly SemaphoreSlim ofVault = new(1);
    private TaskCompletionSource vaultRefused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Deals one, tells of it once it is certain, and returns when its effect is over.</summary>
    public async Task DealAsync(Blow blow, Action tell, CancellationToken cancellationToken)
    {
        var (mac, wire) = macs[blow.Mac];
        switch (blow.Kind)
        {
            case BlowKind.KillBackend:
                await AloneAsync(ofBackend, () => KillBackendAsync(blow.Length, tell), cancellationToken);
                break;
            case BlowKind.KillWorker:
                await AloneAsync(ofBackend, () => Telling(world.KillWorkerAsync(), tell), cancellationToken);
                break;
            case BlowKind.KillShim:
                await KillShimAsync(mac, tell, cancellationToken);
                break;
            case BlowKind.RestartMac:
                tell();
                await mac.RestartAsync(cancellationToken);
                break;
            case BlowKind.CutNetwork:
                tell();
                await wire.CutAsync(blow.Length, cancellationToken);
                break;
            case BlowKind.LoseAnswer:
                await Telling(wire.LoseAnswerAsync(cancellationToken), tell);
                break;
            case BlowKind.StopStorage:
                await using (await Suspension.OfAsync(world.StoragePid))
                {
                    tell();
                    await Task.Delay(blow.Length, cancellationToken);
                }

                break;
            case BlowKind.RotateKeyVaultAway:
                await AloneAsync(ofVault, () => RotateAsync(new() { ["unavailable"] = 4 }, tell, cancellationToken), cancellationToken);
                break;
            case BlowKind.RotateKeyVaultBusy:
                await AloneAsync(ofVault, () => RotateAsync(new() { ["throttled"] = 2 }, tell, cancellationToken), cancellationToken);
                break;
            case BlowKind.RotateKeyVaultForbidden:
                await AloneAsync(ofVault, () => RotateUnderRefusalAsync(tell, cancellationToken), cancellationToken);
                break;
            default:
                throw new InvalidOperationException($"{blow.Kind} has no arm.");
        }
    }

    /// <summary>The vault told that it has refused a read.</summary>
    public void HearRefusal() => vaultRefused.TrySetResult();

    /// <inheritdoc/>
    public void Dispose()
    {
        ofBackend.Dispose();
        ofVault.Dispose();
    }

    private static async Task Telling(Task done, Action tell)
    {
        await done;
        tell();
    }

    private static async Task AloneAsync(SemaphoreSlim gate, Func<Task> deal, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            await deal();
        }
        finally
        {
            gate.Release();
        }
    }

    // It comes back also when the Macs do not need it any more.
    private async Task KillBackendAsync(TimeSpan length, Action tell)
    {
        await world.KillBackendAsync();
        tell();
        await Task.Delay(length);
        await world.StartBackendAsync(CancellationToken.None);
    }

    private static async Task KillShimAsync(EnrollingMac mac, Action tell, CancellationToken cancellationToken)
    {
        while (mac.Shim is null)
        {
            await Task.Delay(Look, cancellationToken);
        }

        mac.Shim?.Kill();
        tell();
    }

    private async Task RotateAsync(JsonObject mood, Action tell, CancellationToken cancellationToken)
    {
        await world.TellVaultAsync(mood);
        await world.RotateKeyAsync(cancellationToken);
        canaries.Add("a new API key", world.ApiKey);
        tell();
    }

    // As when the role assignment is lost: it refuses until somebody mends it.
    private async Task RotateUnderRefusalAsync(Action tell, CancellationToken cancellationToken)
    {
        vaultRefused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await RotateAsync(new() { ["forbidden"] = true }, tell, cancellationToken);
        try
        {
            await vaultRefused.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            await world.TellVaultAsync(new() { ["forbidden"] = false });
        }
    }
}
