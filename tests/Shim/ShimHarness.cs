extern alias shim;

using System.Text;
using System.Text.Json.Nodes;
using Prestage.Tests.Support;
using shim::Prestage.Shim.Backend;
using shim::Prestage.Shim.Commands;
using shim::Prestage.Shim.Languages;
using shim::Prestage.Shim.Logging;
using shim::Prestage.Shim.Mac;
using shim::Prestage.Shim.Processes;
using shim::Prestage.Shim.Running;
using shim::Prestage.Shim.Settings;
using shim::Prestage.Shim.State;

namespace Prestage.Tests.Shim;

/// <summary>The shim put together in this process, before a fake service, on a Mac that is only a directory.</summary>
internal sealed class ShimHarness : IAsyncDisposable
{
    public const string SystemId = "0123456789abcdef01234567";
    private readonly TemporaryDirectory root = new();
    private readonly StringWriter log = new();
    private readonly Composition composition;

    private ShimHarness(FakeService service, Action<JsonObject>? change, TimeProvider time)
    {
        Service = service;
        JsonObject settings = new()
        {
            ["serviceUrl"] = service.Address.ToString(),
            ["connectKey"] = new string('k', 40),
            ["enrollmentUser"] = "enroll",
        };
        change?.Invoke(settings);
        var paths = new MacPaths(root.Path);
        var state = new StateDirectory(paths);
        state.Create();
        composition = new Composition(
            SettingsParser.Parse(Encoding.UTF8.GetBytes(settings.ToJsonString()), "config.json"),
            Texts.Choose([], new Dictionary<string, string>()),
            paths,
            new CommandRunner(paths, time),
            state,
            new StepLog(log, null, time),
            time);
    }

    public FakeService Service { get; }

    public TemporaryDirectory Root => root;

    public StepContext Context => composition.Context;

    public EnrollmentBackend Backend => composition.Context.Backend;

    public string Log => log.ToString();

    public static async Task<ShimHarness> StartAsync(Action<JsonObject>? settings = null, TimeProvider? time = null) =>
        new(await FakeService.StartAsync(), settings, time ?? TimeProvider.System);

    /// <summary>Makes this Mac a registered system, known to the service.</summary>
    public void Register()
    {
        using var key = SystemKeys.Of(0);
        Directory.CreateDirectory(root.At("opt/jc"));
        File.WriteAllText(root.At("opt/jc/client.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(root.At("opt/jc/jcagent.conf"), new JsonObject { ["systemKey"] = SystemId }.ToJsonString());
        var publicKey = key.ExportSubjectPublicKeyInfoPem();
        Service.PublicKeyOf = system => system == SystemId ? publicKey : null;
    }

    public async ValueTask DisposeAsync()
    {
        composition.Dispose();
        await Service.DisposeAsync();
        await log.DisposeAsync();
        root.Dispose();
    }
}
