using System.Security.Cryptography;
using Prestage.Simulators.Mac.Faults;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Agent;

/// <summary>
/// The JumpCloud agent of a simulated Mac: registers at the simulated tenant once installed, follows the list of bound people, and
/// reports the local accounts after every change of its own and after each login.
/// </summary>
internal sealed class SimulatedAgent : IAsyncDisposable
{
    public const string Label = "com.jumpcloud.darwin-agent";
    public const string PackageId = "com.jumpcloud.agent";
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly SimulatedMac mac;
    private readonly TenantConnection? tenant;
    private readonly Task<(string Private, string Public)>? key;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly List<Task> runs = [];
    private CancellationTokenSource? run;
    private string? connectKey;
    private bool wasRestarted;
    private volatile string? following;

    public SimulatedAgent(SimulatedMac mac)
    {
        this.mac = mac;
        Files = new AgentFiles(mac.Files, mac.Options.Time);
        if (mac.Options.JumpCloudBaseUrl is { } url)
        {
            // The key is made ahead of time, so that registration does not wait for it.
            tenant = new TenantConnection(url, mac.Options.Network);
            key = mac.Options.AgentKey is { } given ? Task.FromResult(given) : Task.Run(NewKey);
            runs.Add(tenant.WarmUpAsync(stopping.Token));
        }
    }

    public AgentFiles Files { get; }

    /// <summary>The id that the tenant gave; null before registration.</summary>
    public string? SystemId { get; private set; }

    public void Install(string key)
    {
        connectKey = key;
        Start();
    }

    /// <summary>Starts it anew; before it was installed that does nothing.</summary>
    public void Start()
    {
        Stop();
        if (connectKey is null || tenant is null)
        {
            return;
        }

        lock (gate)
        {
            run = new CancellationTokenSource();
            var cancellationToken = run.Token;
            runs.Add(mac.Begin(() => RunAsync(tenant, cancellationToken)));
        }
    }

    public void Restart()
    {
        wasRestarted = true;
        Start();
    }

    public void Stop()
    {
        lock (gate)
        {
            run?.Cancel();
            run = null;
        }
    }

    /// <summary>Tells the tenant of the local accounts, where the agent is at work.</summary>
    public async Task ReportAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (following is { } systemId)
            {
                await tenant!.ReportAsync(systemId, mac.State, cancellationToken);
            }
        }
        catch (HttpRequestException exception)
        {
            Files.Log($"Unable to report: {exception.StatusCode}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Stop();
        stopping.Cancel();
        await Task.WhenAll(runs);
        if (key is not null)
        {
            await key;
        }

        tenant?.Dispose();
        stopping.Dispose();
    }

    private async Task RunAsync(TenantConnection connection, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        try
        {
            await Task.Delay(mac.Options.AgentDelay, mac.Options.Time, cancellationToken);
            while (true)
            {
                try
                {
                    await WorkAsync(connection, cancellationToken);
                    return;
                }
                catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
                {
                    Files.Log("Unable to reach the service, trying again");
                    await Task.Delay(pause, mac.Options.Time, cancellationToken);
                    pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped or restarted.
        }
        finally
        {
            // After a restart another run may follow already.
            lock (gate)
            {
                following = run is null || run.Token == cancellationToken ? null : following;
            }
        }
    }

    private async Task WorkAsync(TenantConnection connection, CancellationToken cancellationToken)
    {
        if (mac.Options.AgentNeverRegisters)
        {
            return;
        }

        if (SystemId is null && !await RegisterAsync(connection, cancellationToken))
        {
            Files.Log("Kickstart refused the connect key");
            return;
        }

        if (mac.Options.AgentSilentUntilRestarted && !wasRestarted)
        {
            return;
        }

        following = SystemId;
        long? version = null;
        while (true)
        {
            var bound = await connection.WaitForUsersAsync(SystemId!, version, cancellationToken);
            if (bound.Version != version)
            {
                await ApplyAsync(bound, first: version is null, cancellationToken);
                version = bound.Version;
            }
        }
    }

    private async Task<bool> RegisterAsync(TenantConnection connection, CancellationToken cancellationToken)
    {
        if (mac.Faults.Take("agent", ["register"]) is { Mode: FaultMode.Slow } slow)
        {
            await Task.Delay(slow.Delay, mac.Options.Time, cancellationToken);
        }

        var (privateKey, publicKey) = await key!;
        SystemId = await connection.RegisterAsync(connectKey!, mac.Options, publicKey, cancellationToken);
        if (SystemId is null)
        {
            return false;
        }

        Files.WriteRegistration(SystemId, privateKey, mac.State.Find(AccountRules.ServiceAccount) is not null);
        Files.Log("Registered with kickstart");
        return true;
    }

    private async Task ApplyAsync(BoundUsers bound, bool first, CancellationToken cancellationToken)
    {
        Files.Log("Processing user updates");
        await Task.Delay(first ? TimeSpan.Zero : mac.Options.AgentDelay, mac.Options.Time, cancellationToken);
        var after = mac.Store.Change(state => AgentAccounts.Apply(state, bound.Users, mac.Options.AgentLeavesRights));
        foreach (var user in after.People.Where(user => user.Managed && !mac.Files.HasHome(user)))
        {
            mac.Files.CreateHome(user);
        }

        Files.Log("User updates complete");
        await ReportAsync(cancellationToken);
    }

    /// <summary>A key of a new system, PEM.</summary>
    public static (string Private, string Public) NewKey()
    {
        using var rsa = RSA.Create(2048);
        return (rsa.ExportRSAPrivateKeyPem(), rsa.ExportSubjectPublicKeyInfoPem());
    }
}
