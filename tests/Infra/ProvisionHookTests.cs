using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Prestage.Simulators;
using Prestage.Simulators.Processes;
using Xunit;

namespace Prestage.Tests.Infra;

/// <summary>The hooks around provisioning, run for real; azd and az are played, and nothing but them and what the hooks need is on PATH.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class ProvisionHookTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prestage-hook-").FullName;

    public ProvisionHookTests()
    {
        foreach (var tool in new[] { "date", "tr" })
        {
            var path = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(place => Path.Combine(place, tool)).First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(folder, tool), path);
        }

        Play("azd");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("it@example.com", null, null, true)]
    [InlineData("it@example.com", "20", "", true)]
    [InlineData("it@example.com", null, "2026-01-01", false)]
    [InlineData("it@example.com", "0", null, false)]
    [InlineData(" , ", null, null, false)]
    [InlineData(null, null, null, false)]
    public async Task The_budget_s_first_month_is_kept_when_there_is_to_be_a_budget_and_no_month_yet(string? mails, string? amount, string? start, bool keeps)
    {
        var earlier = Month();

        var (code, lines) = await RunAsync(
            "preprovision.sh", ("PRESTAGE_ALERT_EMAILS", mails), ("PRESTAGE_BUDGET_AMOUNT", amount), ("PRESTAGE_BUDGET_START", start));

        Assert.True(code == 0, lines);
        string[] kept = [$"<azd><env><set><PRESTAGE_BUDGET_START><{earlier}>\n", $"<azd><env><set><PRESTAGE_BUDGET_START><{Month()}>\n"];
        Assert.Contains(Calls(), keeps ? kept : [string.Empty]);
    }

    [Theory]
    [InlineData("true", "a-subscription", 0, true, false)]
    [InlineData("true", "a-subscription", 1, true, true)]
    [InlineData("true", "a-subscription", null, false, true)]
    [InlineData("true", null, 0, false, true)]
    [InlineData("false", "a-subscription", 0, false, false)]
    [InlineData(null, "a-subscription", 0, false, false)]
    public async Task The_provider_of_the_private_network_is_registered_or_the_command_is_told(
        string? isPrivate, string? subscription, int? codeOfAz, bool registers, bool tells)
    {
        if (codeOfAz is { } exit)
        {
            Play("az", exit);
        }

        var (code, lines) = await RunAsync("preprovision.sh", ("PRESTAGE_PRIVATE_NETWORK", isPrivate), ("AZURE_SUBSCRIPTION_ID", subscription));

        Assert.True(code == 0, lines);
        Assert.Equal(registers ? "<az><provider><register><--namespace><Microsoft.App><--wait><--subscription><a-subscription>\n" : string.Empty, Calls());
        Assert.Equal(tells, lines.Contains("run  az provider register --namespace Microsoft.App --wait", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_month_goes_with_the_budget()
    {
        var (code, lines) = await RunAsync("postdown.sh", ("PRESTAGE_BUDGET_START", "2026-01-01"));

        Assert.True(code == 0, lines);
        Assert.Equal("<azd><env><set><PRESTAGE_BUDGET_START><>\n", Calls());
    }

    [Fact]
    public void Every_hook_is_run_by_azd_and_every_script_that_azd_runs_is_there()
    {
        var run = Run().Matches(File.ReadAllText(Path.Combine(Repository.Root, "azure.yaml"))).Select(match => match.Groups[1].Value);

        Assert.Equal(
            Directory.EnumerateFiles(Path.Combine(Repository.Root, "infra/hooks")).Select(path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal),
            run.Order(StringComparer.Ordinal));
    }

    private static string Month() => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-01", CultureInfo.InvariantCulture);

    // Notes each argument it is called with.
    private void Play(string program, int code = 0)
    {
        var path = Path.Combine(folder, program);
        File.WriteAllText(path, $"#!/bin/sh\n{{ printf '<%s>' {program} \"$@\"; echo; }} >>'{folder}/calls'\nexit {code}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private string Calls() => File.Exists(Path.Combine(folder, "calls")) ? File.ReadAllText(Path.Combine(folder, "calls")) : string.Empty;

    private async Task<(int Code, string Lines)> RunAsync(string hook, params (string Name, string? Value)[] variables)
    {
        var environment = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        environment["PATH"] = folder;
        await using var run = ChildProcess.Start(new("sh", Path.Combine(Repository.Root, "infra/hooks", hook)) { Environment = environment });
        return (await run.Exited.WaitAsync(Cancel), string.Join('\n', run.Lines.Select(line => line.Text)));
    }

    [GeneratedRegex("run: (infra/hooks/.*)")]
    private static partial Regex Run();
}
