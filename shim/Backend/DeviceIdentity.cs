using System.Security.Cryptography;
using Prestage.Shim.Mac;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;
using Prestage.Wire;

namespace Prestage.Shim.Backend;

/// <summary>Proves that a call comes from this Mac: signed with the agent's key, or named with the device key in the weaker mode <c>record</c>.</summary>
internal sealed class DeviceIdentity(JumpCloudAgent agent, ShimSettings settings, ServiceClock clock, TimeProvider time) : IDisposable
{
    private const string Authorization = "Authorization";
    private static readonly TimeSpan ConfPatience = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim gate = new(1);
    private long lastSecond;

    /// <summary>Whether this Mac can prove itself yet.</summary>
    public bool IsKnown => agent.ReadSystemId() is not null;

    /// <summary>A random value that makes each try's body, and with it each signature, another one.</summary>
    public static string Nonce() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Headers that prove one call; sign anew for each try.</summary>
    /// <exception cref="SystemUnknownException">The agent is not registered.</exception>
    public async Task<IDictionary<string, string>> ProveAsync(HttpMethod method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        // The agent rewrites its file now and then; half of it names no system.
        var systemId = await Poll.ForAsync(_ => Task.FromResult(agent.ReadSystemId()), ConfPatience, time, cancellationToken) ?? throw new SystemUnknownException();
        if (settings.DeviceKey is { } deviceKey)
        {
            return new Dictionary<string, string>
            {
                [Authorization] = new RecordClaim(systemId).ToHeader(), [RecordClaim.KeyHeader] = deviceKey.Reveal(),
            };
        }

        var binding = settings.ProofBinding ? DeviceProof.Binding(method.Method, path, body.Span) : null;
        if (binding is null)
        {
            await AwaitNextSecondAsync(cancellationToken);
        }

        using var key = ReadKey();
        return new Dictionary<string, string> { [Authorization] = DeviceProof.Sign(key, systemId, binding, clock.Now).ToHeader() };
    }

    private RSA ReadKey()
    {
        var key = RSA.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(agent.KeyFile));
            return key;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException or IOException)
        {
            key.Dispose();
            throw new BackendException(new BackendProblem(ProblemCodes.ProofMissing, "The agent's key cannot be read."), exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();

    // Without the binding, two proofs of the same second are the same signature, and the second one a replay.
    private async Task AwaitNextSecondAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            // Not "<=": a clock that was set back would be waited for until it has caught up.
            while (clock.Now.ToUnixTimeSeconds() == lastSecond)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
            }

            lastSecond = clock.Now.ToUnixTimeSeconds();
        }
        finally
        {
            gate.Release();
        }
    }
}
