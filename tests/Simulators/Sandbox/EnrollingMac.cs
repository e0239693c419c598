using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Prestage.Simulators.Processes;

namespace Prestage.Simulators.Sandbox;

/// <summary>
/// A simulated Mac with the real shim on it: launchd's part (started again while it ends with another code than 0) and the person's (types
/// answers as they are asked for, then logs in).
/// </summary>
internal sealed class EnrollingMac : IAsyncDisposable
{
    private static readonly TimeSpan RestartLimit = TimeSpan.FromSeconds(60);
    private readonly World world;
    private readonly SandboxPerson person;
    private readonly ChildProcess simulator;
    private readonly List<ChildProcess> runs = [];
    private Task poweredOn = Task.CompletedTask;
    private int restarts;

    private EnrollingMac(World world, SandboxPerson person, ChildProcess simulator, string root, string serialNumber) =>
        (this.world, this.person, this.simulator, Root, SerialNumber) = (world, person, simulator, root, serialNumber);

    /// <summary>The directory that plays the Mac's <c>/</c>.</summary>
    public string Root { get; }

    public string SerialNumber { get; }

    /// <summary>Told of each line that the shim writes.</summary>
    public Action<string>? OnLine { get; set; }

    /// <summary>The shim that runs now, if any.</summary>
    public ChildProcess? Shim => runs is [.., var last] && !last.Exited.IsCompleted ? last : null;

    /// <summary>How often the shim was started.</summary>
    public int Starts => runs.Count;

    /// <summary>Every line that the shim and the simulator wrote.</summary>
    public IEnumerable<string> Lines => runs.Append(simulator).SelectMany(process => process.Lines).Select(line => line.Text);

    private string StateDirectory => Path.Combine(Root, "Library/Application Support/Prestage");

    /// <summary>Sets a Mac up before the person, with the shim's settings on it.</summary>
    public static async Task<EnrollingMac> StartAsync(
        World world, SandboxPerson person, string serialNumber, CancellationToken cancellationToken, Action<JsonObject>? changeMac = null, Action<JsonObject>? changeSettings = null)
    {
        var root = Path.Combine(world.Directory, serialNumber);
        var options = new JsonObject
        {
            ["root"] = root,
            ["serialNumber"] = serialNumber,
            ["hostname"] = $"{serialNumber}.local",
            ["jumpCloudBaseUrl"] = world.TenantUrl.ToString(),
            ["person"] = new JsonObject
            {
                ["username"] = person.Username,
                ["password"] = person.Password,
                ["identifier"] = person.Email,
                ["word"] = person.Word,
            },
        };
        changeMac?.Invoke(options);
        var (simulator, _) = await world.StartVerbAsync("mac", options, cancellationToken, serialNumber);
        var mac = new EnrollingMac(world, person, simulator, root, serialNumber);
        await mac.WriteSettingsAsync(changeSettings, cancellationToken);
        return mac;
    }

    /// <summary>Settings for windows by swiftDialog, from where the Macs of this world download.</summary>
    public static async Task<Action<JsonObject>> WindowsAsync(World world, CancellationToken cancellationToken)
    {
        var address = new Uri(world.TenantUrl, "/sim/dialog-3.0.1.pkg");
        using var http = new HttpClient();
        var hash = Convert.ToHexStringLower(SHA256.HashData(await http.GetByteArrayAsync(address, cancellationToken)));
        return settings =>
        {
            settings["ui"] = "swiftDialog";
            settings["dialogPackageUrl"] = address.ToString();
            settings["dialogPackageSha256"] = hash;
        };
    }

    /// <summary>Lends the enrollment user's credentials for the grant of a Secure Token, as an administrator's tool does.</summary>
    public Task LendTokenAdminAsync(string name, string password, CancellationToken cancellationToken) =>
        WritePrivateAsync("secure-token-admin", $"{name};{password}\n", cancellationToken);

    /// <summary>A restart of the Mac: the shim dies with everything else, and is started again when the Mac is up.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        poweredOn = up.Task;
        try
        {
            Shim?.Kill(entireTree: true);
            var number = ++restarts;
            await simulator.WriteLineAsync("reboot");
            await simulator.WaitForLineAsync(line => line == $"{{\"restarted\":{number}}}", RestartLimit, cancellationToken);
        }
        finally
        {
            up.SetResult();
        }
    }

    /// <summary>Starts the shim once and waits for its end; returns its exit code.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        ChildProcess? shim = null;
        var answers = new ConcurrentQueue<Task>();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        shim = ChildProcess.Start(new(world.ProgramPath("shim", "prestage"), "run")
        {
            Environment = new Dictionary<string, string?>
            {
                ["PRESTAGE_ROOT"] = Root,
                ["PATH"] = "/usr/bin:/bin:/usr/sbin:/sbin",
                ["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT"),
                ["HOME"] = world.Directory,
            },
            CleanEnvironment = true,
            KeepInputOpen = true,
            OnLine = line => answers.Enqueue(AnswerAsync(started, () => shim!, line.Text)),
        });
        runs.Add(shim);
        started.SetResult();
        await using var stop = cancellationToken.Register(() => shim.Kill());
        var code = await shim.Exited;
        await Task.WhenAll(answers);
        return code;
    }

    /// <summary>Runs the shim as launchd does, until it ends with 0 or has been started <paramref name="mostStarts"/> times.</summary>
    public async Task<int> RunAsync(int mostStarts, CancellationToken cancellationToken)
    {
        while (true)
        {
            await poweredOn;
            var code = await RunOnceAsync(cancellationToken);
            if (code == 0 || Starts >= mostStarts)
            {
                return code;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var run in runs)
        {
            await run.DisposeAsync();
        }

        await simulator.DisposeAsync();
    }

    // What a person types at each question.
    private async Task AnswerAsync(TaskCompletionSource started, Func<ChildProcess> shim, string line)
    {
        OnLine?.Invoke(line);
        var answer = line.TrimEnd() switch
        {
            "Who are you?" => person.Email,
            "Your code:" => person.Word,
            "Password:" or "Password again:" => person.Password,
            _ => null,
        };
        if (answer is null)
        {
            return;
        }

        await started.Task;
        try
        {
            await shim().WriteLineAsync(answer);
        }
        catch (IOException)
        {
            // Killed while the person typed.
        }
    }

    private async Task WriteSettingsAsync(Action<JsonObject>? change, CancellationToken cancellationToken)
    {
        var settings = new JsonObject
        {
            ["serviceUrl"] = world.BackendUrl.ToString(),
            ["connectKey"] = world.ConnectKey,
            ["agentPackageUrl"] = new Uri(world.TenantUrl, "/sim/jumpcloud-agent.pkg").ToString(),
            ["agentPackageTeamId"] = "N985MXSH85",
            ["enrollmentUser"] = "enroll",
            ["deleteEnrollmentUser"] = true,
            ["askSecret"] = true,
            ["ui"] = "console",
        };
        change?.Invoke(settings);
        await WritePrivateAsync("config.json", settings.ToJsonString(), cancellationToken);
    }

    private async Task WritePrivateAsync(string name, string text, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(StateDirectory);
        var file = Path.Combine(StateDirectory, name);
        await File.WriteAllTextAsync(file, text, cancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(StateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
