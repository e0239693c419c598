using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.Loopback;
using Prestage.Simulators.Processes;

namespace Prestage.Simulators.Sandbox;

/// <summary>
/// Everything around the Macs, as real processes on loopback: storage emulator, simulated tenant, simulated Key Vault, and the backend below the
/// local Functions host.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly string Binaries = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../.."));
    private readonly string configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
    private readonly HttpClient control = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly List<ChildProcess> past = [];
    private readonly Dictionary<string, string?> backendSettings = [];
    private Azurite? azurite;
    private ChildProcess? tenant;
    private ChildProcess? vault;
    private readonly string folder;
    private ChildProcess? backend;

    private World(string folder)
    {
        this.folder = folder;
        Directory = System.IO.Directory.CreateTempSubdirectory("prestage-").FullName;
        ApiKey = NewApiKey();
        ConnectKey = RandomNumberGenerator.GetHexString(40, lowercase: true);
    }

    /// <summary>A directory of this world's own, deleted with it.</summary>
    public string Directory { get; }

    /// <summary>The administrator's key, in the vault.</summary>
    public string ApiKey { get; private set; }

    /// <summary>What seals the histories, in the vault.</summary>
    public string EventKey { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>What agents register with.</summary>
    public string ConnectKey { get; }

    public Uri TenantUrl { get; private set; } = new("http://127.0.0.1");

    public Uri BackendUrl { get; private set; } = new("http://127.0.0.1");

    public string StorageConnectionString => azurite!.ConnectionString;

    public string EnrollmentGroup { get; private set; } = string.Empty;

    public string PostEnrollmentGroup { get; private set; } = string.Empty;

    /// <summary>Pid of the running host above the backend.</summary>
    public int HostPid => backend!.Pid;

    /// <summary>The file with every message that a worker sent to its host.</summary>
    public string WorkerMessages => Path.Combine(Directory, "worker-messages.jsonl");

    /// <summary>The key of the Functions host for <c>/admin/functions</c>.</summary>
    public string MasterKey { get; private set; } = string.Empty;

    /// <summary>Pid of the storage emulator.</summary>
    public int StoragePid => azurite!.Pid;

    /// <summary>Told of each line that a simulator writes: its name, and the line.</summary>
    public Action<string, string>? OnSimulatorLine { get; set; }

    /// <summary>Every line that backend and host wrote, in all their lives.</summary>
    public IEnumerable<string> BackendLines => past.Append(backend!).SelectMany(process => process.Lines).Select(line => line.Text);

    /// <summary>Every line that tenant and vault wrote.</summary>
    public IEnumerable<string> OtherLines => tenant!.Lines.Concat(vault!.Lines).Select(line => line.Text);

    /// <summary>
    /// Starts all of it, with a tenant that behaves otherwise where that is said; each start is told. The backend is the published folder where one
    /// is given, else the one that was built beside this program.
    /// </summary>
    public static async Task<World> StartAsync(
        Action<string> tell, CancellationToken cancellationToken, Action<JsonObject>? changeTenant = null, string? published = null,
        params IReadOnlyList<(string Name, string Value)> settings)
    {
        var world = new World(published ?? Repository.Built);
        try
        {
            tell("storage emulator");
            world.azurite = await Azurite.StartAsync(cancellationToken);
            tell("simulated JumpCloud tenant");
            await world.StartTenantAsync(changeTenant, cancellationToken);
            tell("simulated Key Vault");
            await world.StartVaultAsync(cancellationToken);
            tell("backend below the Functions host");
            await world.StartBackendAsync(cancellationToken, settings);
            return world;
        }
        catch (Exception)
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>A program of this repository, by assembly name, as built beside this one.</summary>
    public string ProgramPath(string project, string assembly) => Path.Combine(Binaries, project, configuration, assembly);

    /// <summary>Starts a simulator: a verb of this program with one JSON line on its input; returns it with its ready line.</summary>
    /// <param name="name">For <see cref="OnSimulatorLine"/>; the verb unless there are several.</param>
    public async Task<(ChildProcess Process, JsonNode Ready)> StartVerbAsync(
        string verb, JsonObject first, CancellationToken cancellationToken, string? name = null)
    {
        var process = ChildProcess.Start(new(ProgramPath("Simulators", "prestage-sandbox"), verb)
        {
            KeepInputOpen = true,
            OnLine = line => OnSimulatorLine?.Invoke(name ?? verb, line.Text),
        });
        await process.WriteLineAsync(first.ToJsonString());
        return (process, await ReadyAsync(process, cancellationToken));
    }

    /// <summary>Starts the backend, or starts it again, with further settings.</summary>
    public async Task StartBackendAsync(CancellationToken cancellationToken, params IReadOnlyList<(string Name, string Value)> settings)
    {
        foreach (var (name, value) in settings)
        {
            backendSettings[name] = value;
        }

        if (backend is not null)
        {
            past.Add(backend);
        }

        backend = ChildProcess.Start(
            new(ProgramPath("Simulators", "prestage-sandbox"), "host", "--folder", folder, "--port", $"{BackendUrl.Port}", "--messages", WorkerMessages)
            {
                KeepInputOpen = true,
                Environment = backendSettings,
            });
        MasterKey = (await ReadyAsync(backend, cancellationToken))["masterKey"]!.ToString();
        await AnswersAsync(backend, cancellationToken);
    }

    /// <summary>SIGKILL to host and worker: the whole instance dies.</summary>
    public async Task KillBackendAsync()
    {
        backend!.Kill(entireTree: true);
        await backend.Exited;
    }

    /// <summary>SIGKILL to the worker alone: its host starts it again, unless it is the third time within half an hour.</summary>
    public Task KillWorkerAsync() => backend!.WriteLineAsync(HostVerb.KillWorker);

    private async Task AnswersAsync(ChildProcess started, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var answer = await control.GetAsync(new Uri(BackendUrl, "/api/health"), cancellationToken);
                answer.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (!started.Exited.IsCompleted)
            {
                await Task.Delay(20, cancellationToken);
            }
            catch (HttpRequestException)
            {
                throw new InvalidOperationException($"The backend ended at its start:\n{string.Join('\n', started.Lines.Select(line => line.Text))}");
            }
        }
    }

    /// <summary>Puts a person into the tenant; returns the id.</summary>
    public async Task<string> AddPersonAsync(SandboxPerson person, CancellationToken cancellationToken, Action<JsonObject>? change = null)
    {
        var user = new JsonObject
        {
            ["username"] = person.Username,
            ["email"] = person.Email,
            ["firstname"] = person.Firstname,
            ["lastname"] = person.Lastname,
            ["employeeIdentifier"] = person.Word,
        };
        if (person.IsActive)
        {
            user["state"] = "ACTIVATED";
            user["password"] = person.Password;
        }

        change?.Invoke(user);
        var ids = await PostAsync("/sim/seed", new JsonObject { ["users"] = new JsonArray(user) }, cancellationToken);
        return ids["users"]![0]!.ToString();
    }

    /// <summary>Puts versions of secrets into the vault.</summary>
    public Task SetSecretsAsync(params IEnumerable<(string Name, string Value)> secrets) => TellVaultAsync(new JsonObject
    {
        ["secrets"] = new JsonObject(secrets.Select(secret => KeyValuePair.Create(secret.Name, (JsonNode?)secret.Value))),
    });

    /// <summary>A further line for the vault, see <see cref="KeyVault.VaultVerb"/>.</summary>
    public Task TellVaultAsync(JsonObject line) => vault!.WriteLineAsync(line.ToJsonString());

    /// <summary>Puts another key into the vault and revokes the old one.</summary>
    public async Task RotateKeyAsync(CancellationToken cancellationToken)
    {
        var (old, rotated) = (ApiKey, NewApiKey());
        await PostAsync("/sim/api-keys", new JsonObject { ["add"] = new JsonArray(rotated) }, cancellationToken);
        await SetSecretsAsync(("jumpcloud-api-key", rotated));
        await PostAsync("/sim/api-keys", new JsonObject { ["revoke"] = new JsonArray(old) }, cancellationToken);
        ApiKey = rotated;
    }

    /// <summary>The tenant as it is, without passwords.</summary>
    public async Task<JsonNode> TenantStateAsync(CancellationToken cancellationToken) =>
        JsonNode.Parse(await control.GetStringAsync(new Uri(TenantUrl, "/sim/state"), cancellationToken))!;

    /// <summary>The tenant's journal: method, path, status, kind of proof.</summary>
    public async Task<JsonNode> JournalAsync(CancellationToken cancellationToken) =>
        JsonNode.Parse(await control.GetStringAsync(new Uri(TenantUrl, "/sim/journal"), cancellationToken))!;

    /// <summary>Calls the tenant's control surface.</summary>
    public async Task<JsonNode> PostAsync(string path, JsonNode body, CancellationToken cancellationToken)
    {
        using var answer = await control.PostAsJsonAsync(new Uri(TenantUrl, path), body, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { backend, vault, tenant }.OfType<ChildProcess>().Concat(past))
        {
            await process.DisposeAsync();
        }

        if (azurite is not null)
        {
            await azurite.DisposeAsync();
        }

        control.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task StartTenantAsync(Action<JsonObject>? change, CancellationToken cancellationToken)
    {
        var options = new JsonObject { ["apiKeys"] = new JsonArray(ApiKey), ["connectKey"] = ConnectKey };
        change?.Invoke(options);
        (tenant, var ready) = await StartVerbAsync(
            "jumpcloud",
            new JsonObject
            {
                ["options"] = options,
                ["groups"] = new JsonArray(new JsonObject { ["name"] = "Enrolling Macs" }, new JsonObject { ["name"] = "Enrolled Macs" }),
            },
            cancellationToken);
        TenantUrl = new(ready["baseUrl"]!.ToString());
        var groups = ready["seeded"]!["groups"]!;
        (EnrollmentGroup, PostEnrollmentGroup) = (groups[0]!.ToString(), groups[1]!.ToString());
        backendSettings["JumpCloud__BaseUrl"] = TenantUrl.ToString();
        backendSettings["JumpCloud__OrgId"] = ready["orgId"]!.ToString();
        backendSettings["Groups__Enrollment"] = EnrollmentGroup;
        backendSettings["Groups__PostEnrollment"] = PostEnrollmentGroup;
    }

    private async Task StartVaultAsync(CancellationToken cancellationToken)
    {
        (vault, var ready) = await StartVerbAsync(
            "vault", new JsonObject { ["secrets"] = new JsonObject { ["jumpcloud-api-key"] = ApiKey, ["event-key"] = EventKey } }, cancellationToken);
        BackendUrl = new($"http://127.0.0.1:{FreePort.Find()}");
        backendSettings["Vault__Uri"] = ready["vaultUri"]!.ToString();
        backendSettings["IDENTITY_ENDPOINT"] = ready["identityEndpoint"]!.ToString();
        backendSettings["IDENTITY_HEADER"] = ready["identityHeader"]!.ToString();
        backendSettings["SSL_CERT_FILE"] = ready["caFile"]!.ToString();
        backendSettings["AzureWebJobsStorage"] = StorageConnectionString;
    }

    private static async Task<JsonNode> ReadyAsync(ChildProcess process, CancellationToken cancellationToken)
    {
        var ready = await process.WaitForLineAsync(line => line.StartsWith("{\"ready\"", StringComparison.Ordinal), StartLimit, cancellationToken);
        return JsonNode.Parse(ready)!;
    }

    private static string NewApiKey() => $"jca_{RandomNumberGenerator.GetHexString(36, lowercase: true)}";
}
