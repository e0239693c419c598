extern alias shim;

using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Prestage.Tests.Support;
using Prestage.Simulators;
using Prestage.Simulators.JumpCloud;
using Prestage.Simulators.Mac;
using Xunit;
using Account = shim::Prestage.Wire.Account;
using PropertyList = Prestage.Simulators.Mac.Commands.PropertyList;

namespace Prestage.Tests.Shim.Steps;

/// <summary>The real program as a child process on a simulated Mac, with a simulated tenant and a fake service.</summary>
internal sealed class MacBench : IAsyncDisposable
{
    public const string Password = "Geheim-2026!";
    private const string StateDirectory = "/Library/Application Support/Prestage";

    private MacBench(SimulatedJumpCloud tenant, FakeService service, SimulatedMac mac) => (Tenant, Service, Mac) = (tenant, service, mac);

    /// <summary>What the person types: identifier, secret, password, password again.</summary>
    public static string[] Answers { get; } = ["anna@example.com", "E-17", Password, Password];

    public SimulatedJumpCloud Tenant { get; }

    public FakeService Service { get; }

    public SimulatedMac Mac { get; }

    public JsonNode Receipt => JsonNode.Parse(File.ReadAllText(Path("receipt.json")))!;

    public string Log => File.ReadAllText(Mac.PathOf("/Library/Logs/Prestage/prestage.log"));

    public string[] Warnings => [.. Receipt["warnings"]!.AsArray().Select(code => (string)code!)];

    /// <summary>The file of the authorities that the program trusts; null: the machine's own.</summary>
    public string? Trusted { get; set; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<MacBench> StartAsync(
        Action<SimulatedMacOptions>? mac = null, Action<JsonObject>? settings = null, Account? account = null, Func<X509Certificate2>? certificate = null)
    {
        var tenant = await SimulatedJumpCloud.StartAsync(cancellationToken: Cancel);
        var service = await FakeService.StartAsync(certificate);
        var options = new SimulatedMacOptions
        {
            JumpCloudBaseUrl = tenant.BaseUrl,
            AgentKey = SystemKeys.TextOf(0),
            Person = new Person { Username = "anna", Password = Password, Identifier = Answers[0], Word = Answers[1] },
        };
        mac?.Invoke(options);
        var bench = new MacBench(tenant, service, await SimulatedMac.StartAsync(options, Cancel));
        bench.Connect(account ?? service.Account);
        bench.SetUp(settings);
        return bench;
    }

    /// <summary>Settings for windows by swiftDialog of that version, from where this Mac downloads.</summary>
    public static Action<JsonObject> Windows(string version = "3.0.1") => settings =>
    {
        var packages = new Uri((string)settings["agentPackageUrl"]!);
        var address = new Uri(packages, $"/sim/dialog-{version}.pkg");
        using var http = new HttpClient();
        using var package = http.Send(new HttpRequestMessage(HttpMethod.Get, address), Cancel).Content.ReadAsStream(Cancel);
        settings["ui"] = "swiftDialog";
        settings["dialogPackageUrl"] = address.ToString();
        settings["dialogPackageSha256"] = Convert.ToHexStringLower(SHA256.HashData(package));
    };

    /// <summary>A file of the state directory.</summary>
    public string Path(string name) => Mac.PathOf($"{StateDirectory}/{name}");

    public string? Left(string step) => (string?)Receipt["left"]![step];

    /// <summary>Starts <c>prestage run</c> with these answers and leaves it running.</summary>
    public Process Start(params string[] answers) => Start("run", [], answers);

    /// <summary>The same in a process group of its own, as launchd starts a job.</summary>
    public Process StartAsJob(params string[] answers) => StartBelow(["/usr/bin/setsid"], answers);

    /// <summary>The same as the last arguments of another program, which becomes it.</summary>
    public Process StartBelow(string[] starter, string[] answers) => Start("run", [], answers, starter);

    /// <summary>What launchd does once a job has ended: kills the rest of its process group, unless the job asks it not to (launchd.plist(5), AbandonProcessGroup).</summary>
    public async Task EndJobAsync(Process job)
    {
        var plist = PropertyList.Read(Mac.PathOf("/Library/LaunchDaemons/io.prestage.enroll.plist")).AsObject();
        if ((bool?)plist["AbandonProcessGroup"] is not true)
        {
            using var kill = Process.Start("/bin/kill", ["-KILL", "--", $"-{job.Id}"]);
            await kill.WaitForExitAsync(Cancel);
        }
    }

    /// <summary>Runs to the end; gives exit code and everything that was shown.</summary>
    public Task<(int ExitCode, string Shown)> RunAsync(params string[] answers) => RunAsync("run", [], answers);

    public async Task<(int ExitCode, string Shown)> RunAsync(string command, string[] options, string[] answers)
    {
        using var process = Start(command, options, answers);
        var errors = process.StandardError.ReadToEndAsync(Cancel);
        var shown = PlainText.Of(await process.StandardOutput.ReadToEndAsync(Cancel) + await errors);
        await process.WaitForExitAsync(Cancel);
        TestContext.Current.TestOutputHelper?.WriteLine(shown);
        return (process.ExitCode, shown);
    }

    /// <summary>Changes the settings that lie on the Mac.</summary>
    public void Configure(Action<JsonObject> change)
    {
        var settings = JsonNode.Parse(File.ReadAllText(Path("config.json")))!.AsObject();
        change(settings);
        File.WriteAllText(Path("config.json"), settings.ToJsonString());
    }

    public async ValueTask DisposeAsync()
    {
        await Mac.DisposeAsync();
        await Service.DisposeAsync();
        await Tenant.DisposeAsync();
    }

    private Process Start(string command, string[] options, string[] answers, params string[] starter)
    {
        string[] line = [.. starter, System.IO.Path.Combine(AppContext.BaseDirectory, "prestage"), command, .. options];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PRESTAGE_ROOT"] = Mac.Root;
        if (Trusted is not null)
        {
            start.Environment["SSL_CERT_FILE"] = Trusted;
        }

        var process = Process.Start(start)!;
        foreach (var answer in answers)
        {
            process.StandardInput.WriteLine(answer);
        }

        process.StandardInput.Close();
        return process;
    }

    // What the backend does in the directory; the agent sees it there.
    private void Connect(Account account)
    {
        Service.Account = account;
        var person = Tenant.Tenant.AddUser(new TenantUser
        {
            Username = account.Username,
            Email = "anna@example.com",
            Displayname = account.FullName,
            State = "STAGED",
        });
        Service.PublicKeyOf = id => Tenant.Tenant.Now.Systems.TryGetValue(id, out var row) ? row.System.PublicKeyPem : null;
        Service.Taken = path =>
        {
            if (path == "/api/activate")
            {
                Tenant.Tenant.UpdateUser(person.Id, user => user with { Passwords = [PasswordHash.Of(Service.Password!, 1000)], Activated = true });
            }
            else
            {
                Tenant.Tenant.UpdateUser(person.Id, user => user with
                {
                    State = "ACTIVATED",
                    Passwords = user.Passwords.Count > 0 ? user.Passwords : [PasswordHash.Of(Password, 1000)],
                });
                Tenant.Tenant.Bind(Mac.SystemId!, person.Id, account.Admin);
            }
        };
    }

    private void SetUp(Action<JsonObject>? change)
    {
        JsonObject settings = new()
        {
            ["serviceUrl"] = Service.Address.ToString(),
            ["connectKey"] = Tenant.Options.ConnectKey,
            ["agentPackageUrl"] = new Uri(Tenant.BaseUrl, "/sim/jumpcloud-agent.pkg").ToString(),
            ["enrollmentUser"] = "enroll",
            ["ui"] = "console",
        };
        change?.Invoke(settings);
        Directory.CreateDirectory(Mac.PathOf(StateDirectory));
        File.WriteAllText(Path("config.json"), settings.ToJsonString());
        Directory.CreateDirectory(Mac.PathOf("/Library/LaunchDaemons"));
        File.Copy(System.IO.Path.Combine(Repository.Root, "shim/package/files/io.prestage.enroll.plist"), Mac.PathOf("/Library/LaunchDaemons/io.prestage.enroll.plist"));
    }
}
