using System.Text.Json.Nodes;
using Prestage.Simulators.Sandbox;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Processes;

/// <summary>One world of real processes for a class of tests; each test brings Macs and people of its own.</summary>
public class WorldFixture : IAsyncLifetime
{
    private int people;

    internal World World { get; private set; } = null!;

    internal Canaries Canaries { get; } = new();

    public async ValueTask InitializeAsync()
    {
        World = await StartAsync();
        Canaries.Add("the API key", World.ApiKey);
        Canaries.Add("the event key", World.EventKey);
    }

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A new person in the tenant, before a new Mac.</summary>
    internal async Task<(SandboxPerson Person, string UserId, EnrollingMac Mac)> NewMacAsync(
        CancellationToken cancellationToken, bool active = false, Action<JsonObject>? settings = null)
    {
        var number = Interlocked.Increment(ref people);
        var person = new SandboxPerson(number) { IsActive = active };
        Canaries.Add("a password", person.Password);
        Canaries.Add("a secret word", person.Word);
        var id = await World.AddPersonAsync(person, cancellationToken);
        return (person, id, await EnrollingMac.StartAsync(World, person, $"C02PROC{number:D4}", cancellationToken, changeSettings: settings));
    }

    /// <summary>Where a secret can be found now: logs, outputs, files, rows and messages.</summary>
    internal async Task<IReadOnlyList<string>> LeaksAsync(EnrollingMac mac, CancellationToken cancellationToken) =>
        [.. LeaksOf(mac), .. await SharedLeaksAsync(cancellationToken)];

    /// <summary>Where a secret can be found in what one Mac wrote.</summary>
    internal IReadOnlyList<string> LeaksOf(EnrollingMac mac) =>
        [.. Canaries.Find("the shim's output", mac.Lines), .. Canaries.FindInFiles(mac.Root)];

    /// <summary>Where a secret can be found in what all Macs have in common.</summary>
    internal async Task<IReadOnlyList<string>> SharedLeaksAsync(CancellationToken cancellationToken) =>
        [
            .. Canaries.Find("the backend's log", World.BackendLines),
            .. Canaries.Find("a simulator's output", World.OtherLines),
            .. Canaries.Find("a message to the Functions host", await File.ReadAllTextAsync(World.WorkerMessages, cancellationToken)),
            .. await Canaries.FindInStorageAsync(World.StorageConnectionString, cancellationToken),
        ];

    private protected virtual async Task<World> StartAsync() => await World.StartAsync(
        _ => { }, CancellationToken.None, published: await PublishedFolder.PathAsync(), settings: MessageLock);

    /// <summary>A host that is killed leaves its message taken: for ten minutes unless this says otherwise.</summary>
    private protected static (string Name, string Value) MessageLock => ("AzureFunctionsJobHost__extensions__queues__messageLock", "00:00:05");
}
