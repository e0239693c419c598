using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prestage.Functions;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Hosting;
using Prestage.Functions.Identity;
using Prestage.Functions.Storage;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.FunctionsHost.Triggers;
using Prestage.Simulators.FunctionsHost.Worker;
using Prestage.Simulators.JumpCloud;
using Prestage.Simulators.Sandbox;
using Xunit;

namespace Prestage.Tests.Support;

/// <summary>
/// The backend as Production below the local Functions host, both in this process, with a simulated tenant and a storage account of its own. When it
/// is disposed it is searched for secrets: logs, rows, queue messages, and messages to the host.
/// </summary>
internal sealed class Backend : IAsyncDisposable
{
    public const string EnrollmentGroupName = "Enrolling";
    public const string PostEnrollmentGroupName = "Enrolled";

    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly string account;
    private readonly LogCapture log = new();
    private bool hasStorage;
    private HeldCalls? held;
    private BackendVault? vault;
    private readonly Canaries canaries = new();
    private readonly ConcurrentQueue<string> answers = new();
    private readonly string eventKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly WorkerMessages messages = new();
    private LocalFunctionsHost? host;
    private IHost? worker;

    private Backend(SimulatedJumpCloud jumpCloud, string account, ManualClock clock)
    {
        (JumpCloud, this.account, Clock) = (jumpCloud, account, clock);
        EnrollmentGroup = jumpCloud.Tenant.AddGroup(new(EnrollmentGroupName)).Id;
        PostEnrollmentGroup = jumpCloud.Tenant.AddGroup(new(PostEnrollmentGroupName)).Id;
        canaries.Add("the API key", jumpCloud.Options.ApiKeys[0]);
        canaries.Add("the event key", eventKey);
    }

    public SimulatedJumpCloud JumpCloud { get; }

    public ManualClock Clock { get; }

    public string EnrollmentGroup { get; }

    public string PostEnrollmentGroup { get; }

    public Canaries Canaries => canaries;

    /// <summary>What the worker announced.</summary>
    public IReadOnlyList<FunctionTrigger> Functions => host!.Functions;

    /// <summary>The host above it.</summary>
    public LocalFunctionsHost Host => host!;

    public LogCapture Log => log;

    public Uri Url { get; private set; } = new("http://127.0.0.1");

    public TableServiceClient Tables => new(account);

    public QueueClient Queue => new(account, "prestage-finish", StorageClients.QueueOptions("prestage-finish"));

    public QueueClient PoisonQueue => new(account, "prestage-finish-poison", StorageClients.QueueOptions("prestage-finish-poison"));

    /// <summary>
    /// Starts the backend; settings are environment-like names with <c>:</c>. By hand: its background functions run only when the test runs them.
    /// </summary>
    public static async Task<Backend> StartAsync(
        Dictionary<string, string?>? settings = null, SimulatedJumpCloudOptions? tenant = null, bool byHand = false, string? storage = null,
        HeldCalls? held = null, BackendVault? vault = null)
    {
        var clock = new ManualClock(TimeProvider.System.GetUtcNow());
        tenant ??= new();
        tenant.Clock = clock;
        var backend = new Backend(
            await SimulatedJumpCloud.StartAsync(tenant, TestContext.Current.CancellationToken), storage ?? await AzuriteFixture.NewAccountAsync(), clock)
        { hasStorage = storage is null, held = held, vault = vault };
        await backend.RunAsync(settings, byHand);
        return backend;
    }

    /// <summary>Keeps an answer that must hold no secret: any problem, and whatever an operator is told but a passcode at its creation.</summary>
    public void Keep(string answer) => answers.Enqueue(answer is ['{' or '[', ..] ? JsonNode.Parse(answer)!.ToJsonString(Unescaped) : answer);

    /// <summary>A part of the running program.</summary>
    public T Get<T>()
        where T : notnull => worker!.Services.GetRequiredService<T>();

    /// <summary>Ends the process-like part and starts another instance on the same storage.</summary>
    public async Task RestartAsync(Dictionary<string, string?>? settings = null, bool byHand = false)
    {
        await host!.DisposeAsync();
        await RunAsync(settings, byHand);
    }

    /// <summary>Waits until JumpCloud has been called so often.</summary>
    public Task UntilCalledAsync(string method, string path, int times) => Wait.UntilAsync(
        () => JumpCloud.Journal.Count(method, path) >= times, () => $"{method} {path}, {times} times");

    /// <summary>Points a Mac at an enrollment and leaves it so, as a call whose process dies; returns its id.</summary>
    public async Task<string> PointAsync(string systemId)
    {
        await TablesReadyAsync();
        var id = EnrollmentId.Create(Clock.GetUtcNow());
        var rows = new DeviceRows(Tables.GetTableClient("Devices"));
        Assert.True(await rows.TryPointAsync(systemId, id, await rows.FindAsync(systemId, CancellationToken.None), CancellationToken.None));
        return id.ToString();
    }

    /// <summary>Waits for the tables that the program makes at its start.</summary>
    public Task TablesReadyAsync() => worker!.Services.GetRequiredService<StorageReady>().WaitAsync(TestContext.Current.CancellationToken);

    /// <summary>Writes the row of an open enrollment that nobody can read.</summary>
    public async Task SpoilAsync()
    {
        await TablesReadyAsync();
        var id = EnrollmentId.Create(Clock.GetUtcNow().AddSeconds(1));
        var table = Tables.GetTableClient("Enrollments");
        await table.AddEntityAsync(new TableEntity(id.Month, EnrollmentKeys.Enrollment(id)) { ["State"] = "verified" }, CancellationToken.None);
        await table.AddEntityAsync(new TableEntity(id.Month, EnrollmentKeys.Open(id)), CancellationToken.None);
    }

    /// <summary>Reserves a try of a Mac as a call does, and leaves it so, as a call whose process dies.</summary>
    public async Task ReserveAsync(string systemId)
    {
        await TablesReadyAsync();
        var rows = new AttemptRows(Tables.GetTableClient("Attempts"), Clock);
        var pending = new Dictionary<string, DateTimeOffset> { ["abandoned"] = Clock.GetUtcNow() };
        Assert.NotNull(await rows.TryInsertAsync(new() { Key = AttemptRows.DeviceKey(systemId), Pending = pending }, CancellationToken.None));
    }

    /// <summary>What the calls cost so far, from the log's own figures: without polls of the enrollment and without reports.</summary>
    public (int TableOperations, int DirectoryCalls) Costs() => CallCosts.Sum(log.Lines);

    /// <summary>The log line of a call; it is written when the answer has been sent.</summary>
    public Task<string> LineOfAsync(string call) => LoggedAsync($"{call} answered");

    /// <summary>The log line of a background function's run.</summary>
    public Task<string> RunLineOfAsync(string function) => LoggedAsync($"{function} ended (");

    /// <summary>The first line of the backend's log with that text, once it is there.</summary>
    public Task<string> LoggedAsync(string text) => Wait.ForAsync(
        () => Task.FromResult(log.Lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal))), () => text);

    /// <summary>Table operations and directory calls of each verify that was answered 403, in order; waits until there are so many.</summary>
    public Task<IReadOnlyList<string>> RefusalCostsAsync(int count) => Wait.ForAsync(() =>
    {
        // The line is written when the answer has been sent.
        IReadOnlyList<string> costs =
        [
            .. log.Lines.Where(line => line.Contains("POST /api/verify answered 403", StringComparison.Ordinal))
                .Select(line => line[(line.IndexOf(" ms: ", StringComparison.Ordinal) + 5)..line.IndexOf(", trace", StringComparison.Ordinal)]),
        ];
        return Task.FromResult(costs.Count >= count ? costs : null);
    });

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
        {
            await host.DisposeAsync();
        }

        if (hasStorage)
        {
            Assert.Empty(await canaries.FindInStorageAsync(account, CancellationToken.None));
            await AddPasscodeHashesAsync();
        }

        Assert.Empty(canaries.Find("a log line", log.Lines));
        Assert.Empty(canaries.Find("an answer", answers));
        Assert.Empty(canaries.Find("a message to the host", messages.Texts));
        Assert.Empty(JumpCloud.Journal.UnknownRoutes);
        await JumpCloud.DisposeAsync();
    }

    private async Task AddPasscodeHashesAsync()
    {
        var table = Tables.GetTableClient("Passcodes");
        await table.CreateIfNotExistsAsync(CancellationToken.None);
        await foreach (var row in table.QueryAsync<TableEntity>())
        {
            canaries.Add("a passcode's hash", row.GetString("Hash")!);
            canaries.Add("a passcode's salt", row.GetString("Salt")!);
        }
    }

    private async Task RunAsync(Dictionary<string, string?>? settings, bool byHand)
    {
        var all = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = account,
            ["JumpCloud:BaseUrl"] = JumpCloud.BaseUrl.ToString(),
            ["JumpCloud:OrgId"] = JumpCloud.Options.OrgId,
            ["JumpCloud:TokenUrl"] = new Uri(JumpCloud.BaseUrl, "oauth2/token").ToString(),
            ["JumpCloud:ApiKey"] = JumpCloud.Options.ApiKeys[0],
            ["Enrollment:EventKey"] = eventKey,
            ["Groups:Enrollment"] = EnrollmentGroup,
            ["Groups:PostEnrollment"] = PostEnrollmentGroup,

            // Looks at the dependencies are extra calls, which would spoil counts; whoever tests them asks for them.
            ["Hosting:WatchEvery"] = "00:00:00",

            // For the host: a message is found at once, and no timer fires unless it is run by hand.
            ["AzureFunctionsJobHost__extensions__queues__maxPollingInterval"] = "00:00:00.100",
            ["AzureWebJobs.Finish.Disabled"] = byHand ? "true" : null,
            ["AzureWebJobs.PoisonMessage.Disabled"] = byHand ? "true" : null,
            ["AzureWebJobs.Reconcile.Disabled"] = "true",
        };
        foreach (var (name, value) in settings ?? [])
        {
            all[name] = value;
        }

        if (vault is not null)
        {
            all["Vault:Uri"] = vault.Uri.AbsoluteUri;
            all["JumpCloud:ApiKey"] = all["Enrollment:EventKey"] = null;
        }

        var given = all.Where(entry => entry.Value is not null).ToDictionary();
        host = await LocalFunctionsHost.StartAsync(
            new(AppContext.BaseDirectory, given) { Launcher = new InProcessWorkerLauncher(start => worker = Build(start)), OnWorkerMessage = messages.Add },
            TestContext.Current.CancellationToken);
        Url = host.BaseUrl;
        if (hasStorage)
        {
            await TablesReadyAsync();
        }
    }

    private IHost Build(WorkerStart start)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(start.Settings).AddInMemoryCollection(start.Configuration);
        builder.Logging.ClearProviders().AddProvider(log);

        // Here and not in production, where it would cost every start.
        builder.ConfigureContainer(new DefaultServiceProviderFactory(new() { ValidateScopes = true }));
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Listen(IPAddress.Loopback, 0));

        // They register themselves where the backend is the process's program.
        builder.Services.AddSingleton<IFunctionMetadataProvider, GeneratedFunctionMetadataProvider>();
        builder.Services.AddSingleton<IFunctionExecutor, DirectFunctionExecutor>();
        if (vault is not null)
        {
            builder.Services.AddSingleton(vault.Secrets(Clock, log));
        }

        if (held is not null)
        {
            builder.Services.AddSingleton<IStartupFilter>(held);
        }

        var read = Settings.Read(builder.Configuration, out var problems);
        Assert.Empty(problems);
        return Composition.Build(builder, read, Clock);
    }
}
