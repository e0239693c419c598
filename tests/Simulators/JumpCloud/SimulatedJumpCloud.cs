using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.JumpCloud;

/// <summary>
/// A JumpCloud tenant on loopback, over real HTTP, that refuses what the real one refuses: keys, signatures, filters, passwords, edges.
/// The routes are those of the published V1 and V2 specifications; beside them <c>/sim/*</c> serves simulated Macs and the sandbox.
/// </summary>
internal sealed class SimulatedJumpCloud : IAsyncDisposable
{
    private readonly WebApplication app;

    private SimulatedJumpCloud(SimulatedJumpCloudOptions options)
    {
        Options = options;
        Tenant = new Tenant(options);
        Credentials = new Credentials(options);
        app = LoopbackServer.Build(options.Port);
        app.MapApi(new ApiEdge(options, Tenant, Credentials, Faults, Journal, app.Lifetime.ApplicationStopping), Credentials);
        app.MapSim(this);
    }

    /// <summary>Base address of V1, V2, token and control routes.</summary>
    public Uri BaseUrl => LoopbackServer.AddressOf(app);

    /// <summary>Its behaviour; may be changed while it runs.</summary>
    public SimulatedJumpCloudOptions Options { get; }

    /// <summary>People, systems, groups, bindings, policies.</summary>
    public Tenant Tenant { get; }

    /// <summary>Keys, to rotate them.</summary>
    public Credentials Credentials { get; }

    /// <summary>What it was asked.</summary>
    public RequestJournal Journal { get; } = new();

    /// <summary>What goes wrong.</summary>
    public FaultTable Faults { get; } = new();

    internal CancellationToken Stopping => app.Lifetime.ApplicationStopping;

    /// <summary>Starts it.</summary>
    public static async Task<SimulatedJumpCloud> StartAsync(SimulatedJumpCloudOptions? options = null, CancellationToken cancellationToken = default)
    {
        var simulated = new SimulatedJumpCloud(options ?? new SimulatedJumpCloudOptions());
        await simulated.app.StartAsync(cancellationToken);
        return simulated;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
