using System.Diagnostics;
using System.Text.RegularExpressions;
using Prestage.Simulators;
using Prestage.Simulators.Mac;
using Prestage.Simulators.Mac.Faults;
using Prestage.Simulators.Mac.Machine;
using Xunit;
using PropertyList = Prestage.Simulators.Mac.Commands.PropertyList;

namespace Prestage.Tests.Shim.Package;

/// <summary>The package's scripts: well formed, and run for real on a simulated Mac. What only Apple's tools can do is not shown here.</summary>
public sealed partial class PackageScriptTests
{
    private const string Label = "io.prestage.enroll";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Scripts => ["dev", ".ci/run", "shim/package/build.sh", "shim/package/uninstall.sh", "shim/package/scripts/postinstall"];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Every_script_is_executable_and_well_formed(string script)
    {
        var file = Path.Combine(Repository.Root, script);
        Assert.True(new FileInfo(file).UnixFileMode.HasFlag(UnixFileMode.UserExecute | UnixFileMode.OtherExecute));
        Assert.Equal((0, string.Empty), await RunAsync("bash", ["-n", file]));
        if (Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "shellcheck"))))
        {
            Assert.Equal((0, string.Empty), await RunAsync("shellcheck", [file]));
        }
    }

    [Theory]
    [InlineData(true, "arm64")]
    [InlineData(false, "x64")]
    public async Task The_program_that_fits_the_Mac_stays_and_its_job_is_loaded(bool appleSilicon, string architecture)
    {
        await using var mac = await StartAsync(appleSilicon);
        Assert.Equal(0, (await PostinstallAsync(mac)).ExitCode);
        AssertInstalled(mac, $"program for {architecture}");
        Assert.Contains(Label, mac.State.Jobs.Keys);
    }

    [Fact]
    public async Task A_newer_package_replaces_program_and_job()
    {
        await using var mac = await StartAsync();
        await PostinstallAsync(mac);
        var earlier = mac.State.Jobs[Label].Pid;

        Unpack(mac, "newer program");

        Assert.Equal(0, (await PostinstallAsync(mac)).ExitCode);
        AssertInstalled(mac, "newer program for arm64");
        Assert.NotEqual(earlier, mac.State.Jobs[Label].Pid);
    }

    [Fact]
    public async Task A_job_that_was_switched_off_is_switched_on()
    {
        await using var mac = await StartAsync();
        mac.Change(state => state with { DisabledJobs = state.DisabledJobs.Add(Label) });
        Assert.Equal(0, (await PostinstallAsync(mac)).ExitCode);
        Assert.Contains(Label, mac.State.Jobs.Keys);
    }

    [Fact]
    public async Task Launchds_false_failure_is_seen_through_and_its_true_one_is_not()
    {
        await using var mac = await StartAsync();
        mac.SetFault(MacFaults.BootstrapFalselyFailed);
        Assert.Equal(0, (await PostinstallAsync(mac)).ExitCode);

        await using var other = await StartAsync();
        other.SetFault(MacFaults.BootstrapFailed);
        Assert.NotEqual(0, (await PostinstallAsync(other)).ExitCode);
    }

    [Fact]
    public async Task Another_volume_is_refused()
    {
        await using var mac = await StartAsync();
        var (exitCode, said) = await PostinstallAsync(mac, "/Volumes/Other");
        Assert.Equal((1, "Prestage installs on the startup volume only.\n"), (exitCode, said));
        Assert.Empty(mac.State.Jobs);
    }

    [Fact]
    public async Task The_uninstaller_works_without_the_program_and_twice()
    {
        await using var mac = await StartAsync();
        await PostinstallAsync(mac);
        File.Delete(mac.PathOf("/opt/prestage/prestage"));
        string[] secrets = ["/opt/jc/agentBootstrap.json", "/var/run/JumpCloud-SecureToken-Creds.txt"];
        Array.ForEach(secrets, secret => UnixFile.Write(mac.PathOf(secret), "x", UnixFile.OwnerOnly));

        var uninstaller = Path.Combine(Repository.Root, "shim/package/uninstall.sh");
        Assert.Equal(0, (await RunAsync(uninstaller, [], mac.Root)).ExitCode);
        Assert.Equal(0, (await RunAsync(uninstaller, [], mac.Root)).ExitCode);

        Assert.False(Directory.Exists(mac.PathOf("/opt/prestage")));
        Assert.False(File.Exists(mac.PathOf($"/Library/LaunchDaemons/{Label}.plist")));
        Assert.False(mac.State.Jobs.ContainsKey(Label));
        Assert.All(secrets, secret => Assert.False(File.Exists(mac.PathOf(secret)), secret));
    }

    [Fact]
    public async Task The_uninstaller_closes_a_window_that_was_left_to_be_read()
    {
        await using var mac = await StartAsync();
        var windows = mac.PathOf("/Library/Application Support/Prestage Window");
        Directory.CreateDirectory(windows);
        await File.WriteAllTextAsync(Path.Combine(windows, "1-1.commands"), string.Empty, Cancel);
        using var reader = new StreamReader(File.Open(Path.Combine(windows, "1-1.commands"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

        Assert.Equal(0, (await RunAsync(Path.Combine(Repository.Root, "shim/package/uninstall.sh"), [], mac.Root)).ExitCode);

        Assert.Equal("quit:\n", await reader.ReadToEndAsync(Cancel));
        Assert.False(Directory.Exists(windows));
    }

    [Fact]
    public async Task The_uninstaller_hands_over_to_the_program_with_its_options()
    {
        await using var mac = await StartAsync();
        await PostinstallAsync(mac);
        File.WriteAllText(mac.PathOf("/opt/prestage/prestage"), "#!/bin/bash\necho \"$@\"\nexit 13\n");
        Assert.Equal((13, "uninstall --force\n"), await RunAsync(Path.Combine(Repository.Root, "shim/package/uninstall.sh"), ["--force"], mac.Root));
    }

    [Fact]
    public void The_scripts_use_the_programs_names_and_the_entitlements_are_a_property_list()
    {
        foreach (var script in new[] { "shim/package/build.sh", "shim/package/uninstall.sh", "shim/package/scripts/postinstall" })
        {
            Assert.Equal([Label], LabelLine().Matches(File.ReadAllText(Path.Combine(Repository.Root, script))).Select(match => match.Groups[1].Value));
        }

        var entitlements = PropertyList.Read(Path.Combine(Repository.Root, "shim/package/entitlements.plist")).AsObject();
        Assert.Equal(["com.apple.security.automation.apple-events", "com.apple.security.cs.allow-jit"], entitlements.Select(entry => entry.Key).Order());
    }

    [Fact]
    public void What_a_release_attaches_is_what_the_checksums_name()
    {
        var hashed = Attached().Match(File.ReadAllText(Path.Combine(Repository.Root, "shim/package/build.sh"))).Groups[1].Value;
        var released = Attached().Match(File.ReadAllText(Path.Combine(Repository.Root, ".github/workflows/release.yml"))).Groups[1].Value;
        Assert.Equal($"{hashed} SHA256SUMS", released);
        Assert.DoesNotContain("/", hashed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Elsewhere_than_on_a_Mac_the_package_is_not_built()
    {
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "This is a Mac.");
        var (exitCode, said) = await RunAsync(Path.Combine(Repository.Root, "shim/package/build.sh"), []);
        Assert.Equal((1, "build.sh: a Mac is needed: pkgbuild, productbuild and codesign are Apple's\n"), (exitCode, said));
    }

    private static async Task<SimulatedMac> StartAsync(bool appleSilicon = true)
    {
        var mac = await SimulatedMac.StartAsync(new SimulatedMacOptions { AppleSilicon = appleSilicon }, Cancel);
        Unpack(mac, "program");
        return mac;
    }

    // What installer puts there before it runs the script.
    private static void Unpack(SimulatedMac mac, string program)
    {
        Directory.CreateDirectory(mac.PathOf("/opt/prestage"));
        File.WriteAllText(mac.PathOf("/opt/prestage/prestage-arm64"), $"{program} for arm64");
        File.WriteAllText(mac.PathOf("/opt/prestage/prestage-x64"), $"{program} for x64");
        File.Copy(Path.Combine(Repository.Root, $"shim/package/files/{Label}.plist"), mac.PathOf($"/Library/LaunchDaemons/{Label}.plist"), overwrite: true);
    }

    private static void AssertInstalled(SimulatedMac mac, string program)
    {
        Assert.Equal(program, File.ReadAllText(mac.PathOf("/opt/prestage/prestage")));
        Assert.Equal([mac.PathOf("/opt/prestage/prestage")], Directory.GetFiles(mac.PathOf("/opt/prestage")));
        Assert.True(new FileInfo(mac.PathOf("/opt/prestage/prestage")).UnixFileMode.HasFlag(UnixFileMode.OtherExecute));
    }

    private static Task<(int ExitCode, string Said)> PostinstallAsync(SimulatedMac mac, string volume = "/") =>
        RunAsync(Path.Combine(Repository.Root, "shim/package/scripts/postinstall"), ["/tmp/prestage.pkg", "/", volume], mac.Root);

    private static async Task<(int ExitCode, string Said)> RunAsync(string program, string[] arguments, string? root = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PRESTAGE_ROOT"] = root;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Cancel);
        var said = await process.StandardOutput.ReadToEndAsync(Cancel) + await errors;
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, said);
    }

    [GeneratedRegex("(?m)(?:shasum -a 256|gh release create .*) -- ([^>\\n]+?)(?: >|$)")]
    private static partial Regex Attached();

    [GeneratedRegex("(?m)^readonly label=(.+)$")]
    private static partial Regex LabelLine();
}
