using System.Runtime.Versioning;
using Prestage.Simulators;
using Prestage.Simulators.KeyVault;
using Prestage.Simulators.Processes;
using Xunit;

namespace Prestage.Tests.Infra;

/// <summary><c>infra/hooks/secrets.sh</c>, run for real: sh and curl against the simulated vault; only azd is played.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SecretsHookTests : IAsyncLifetime
{
    private static readonly string Hooks = Path.Combine(Repository.Root, "infra/hooks");
    private readonly string folder = Directory.CreateTempSubdirectory("prestage-hook-").FullName;
    private SimulatedKeyVault vault = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        vault = await SimulatedKeyVault.StartAsync(cancellationToken: Cancel);
        using var http = new HttpClient();
        using var ask = new HttpRequestMessage(HttpMethod.Get, $"{vault.IdentityEndpoint}?api-version=2019-08-01&resource=https://vault.azure.net");
        ask.Headers.Add("X-IDENTITY-HEADER", vault.IdentityHeader);
        using var answer = await http.SendAsync(ask, Cancel);
        var token = System.Text.Json.JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancel)).GetProperty("access_token").GetString();
        var azd = Path.Combine(folder, "azd");
        await File.WriteAllTextAsync(azd, $"#!/bin/sh\n[ \"$1 $2\" = 'auth token' ] || exit 1\necho {token}\n", Cancel);
        File.SetUnixFileMode(azd, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public async ValueTask DisposeAsync()
    {
        await vault.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("a-plain-Key_123")]
    [InlineData("""quotes " and ' and \ backslash $HOME `id` %s""")]
    public async Task A_secret_arrives_in_the_vault_as_it_was_given(string value)
    {
        var (code, lines) = await RunAsync($"{value}\n", "set", "jumpcloud-api-key");

        Assert.True(code == 0, lines);
        Assert.Equal(value, Stored("jumpcloud-api-key"));
        Assert.DoesNotContain(value, lines, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n", "must not be empty")]
    [InlineData("", "must not be empty")]
    [InlineData("ключ\n", "printable ASCII")]
    public async Task A_value_that_is_no_secret_is_refused(string given, string why)
    {
        var (code, lines) = await RunAsync(given, "set", "jumpcloud-api-key");

        Assert.Equal(1, code);
        Assert.Contains(why, lines, StringComparison.Ordinal);
        Assert.Null(Stored("jumpcloud-api-key"));
    }

    [Fact]
    public async Task What_is_missing_is_made_and_what_is_there_stays()
    {
        vault.Secrets.Set("jumpcloud-api-key", "kept");

        var (code, lines) = await RunAsync(null);
        var made = Stored("event-key");
        var (again, _) = await RunAsync(null);

        Assert.True(code == 0, lines);
        Assert.Equal(0, again);
        Assert.Equal(32, Convert.FromBase64String(made!).Length);
        Assert.Equal((made, "kept"), (Stored("event-key"), Stored("jumpcloud-api-key")));
        Assert.Null(Stored("device-key"));
    }

    [Fact]
    public async Task A_secret_that_must_be_asked_for_is_named_where_nobody_is_there()
    {
        var (code, lines) = await RunAsync(null);

        Assert.Equal(1, code);
        Assert.Contains("secrets.sh set jumpcloud-api-key", lines, StringComparison.Ordinal);
        Assert.Null(Stored("event-key"));
    }

    [Theory]
    [InlineData("a-typed-Key_123", 0, "jumpcloud-api-key is stored.")]
    [InlineData("", 1, "must not be empty")]
    public async Task In_a_terminal_it_is_asked_for_and_what_is_typed_is_not_shown(string typed, int code, string said)
    {
        Assert.SkipUnless(HasTerminal, "script of util-linux, which plays a terminal, is not here.");
        await using var run = ChildProcess.Start(new("script", "--quiet", "--return", "--command", $"sh '{Path.Combine(Hooks, "secrets.sh")}'", "/dev/null")
        {
            Environment = Variables(),
            KeepInputOpen = true,
        });
        await run.WaitForLineAsync(line => line.Contains("JumpCloud: an API key", StringComparison.Ordinal), TimeSpan.FromMinutes(2), Cancel);
        await run.WriteLineAsync(typed);

        Assert.Equal(code, await run.Exited.WaitAsync(TimeSpan.FromMinutes(2), Cancel));

        var lines = string.Join('\n', run.Lines.Select(line => line.Text));
        Assert.Contains(said, lines, StringComparison.Ordinal);
        Assert.True(typed.Length == 0 || !lines.Contains(typed, StringComparison.Ordinal), lines);
        Assert.Equal(code == 0 ? typed : null, Stored("jumpcloud-api-key"));
    }

    [Fact]
    public async Task The_secrets_follow_the_chosen_ways_of_proof()
    {
        vault.Secrets.Set("jumpcloud-client-id", "id");
        vault.Secrets.Set("jumpcloud-client-secret", "secret");
        settings["PRESTAGE_JUMPCLOUD_AUTH"] = "serviceAccount";
        settings["PRESTAGE_DEVICE_TRUST"] = "record";

        var (code, lines) = await RunAsync(null);

        Assert.True(code == 0, lines);
        Assert.NotNull(Stored("device-key"));
        Assert.Null(Stored("jumpcloud-api-key"));
    }

    [Fact]
    public async Task A_rotated_event_key_stands_before_the_old_one()
    {
        const string Old = "+/+/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        vault.Secrets.Set("event-key", Old);

        var (code, lines) = await RunAsync(null, "rotate", "event-key");

        Assert.True(code == 0, lines);
        var keys = Stored("event-key")!.Split(' ');
        Assert.Equal(Old, keys[1]);
        Assert.Equal(32, Convert.FromBase64String(keys[0]).Length);
        Assert.NotEqual(Old, keys[0]);
    }

    [Fact]
    public async Task A_rotated_device_key_stays_valid_as_the_previous_one()
    {
        vault.Secrets.Set("device-key", "the-old-device-key-of-32-characters");

        var (code, lines) = await RunAsync(null, "rotate", "device-key");

        Assert.True(code == 0, lines);
        Assert.Equal("the-old-device-key-of-32-characters", Stored("device-key-previous"));
        Assert.NotEqual(Stored("device-key-previous"), Stored("device-key"));
    }

    [Fact]
    public async Task Nothing_is_rotated_that_cannot_be_read()
    {
        var (code, lines) = await RunAsync(null, "rotate", "event-key");

        Assert.Equal(1, code);
        Assert.Contains("nothing to rotate", lines, StringComparison.Ordinal);
        Assert.Null(Stored("event-key"));
    }

    [Fact]
    public async Task A_vault_that_refuses_is_asked_for_a_while_then_named()
    {
        vault.Forbidden = true;

        var (code, lines) = await RunAsync(null);

        Assert.Equal(1, code);
        Assert.Contains("Key Vault Secrets Officer", lines, StringComparison.Ordinal);
        Assert.Equal(21, vault.Journal.Requests.Count(request => request.Status == 403));
    }

    [Fact]
    public async Task No_argument_and_no_environment_holds_the_secret()
    {
        var seen = Path.Combine(folder, "seen");
        await File.WriteAllTextAsync(Path.Combine(folder, "curl"), $"#!/bin/sh\n{{ echo \"$@\"; env; }} >>{seen}\nexec /usr/bin/env -u PATH /usr/bin/curl \"$@\"\n", Cancel);
        File.SetUnixFileMode(Path.Combine(folder, "curl"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var (code, lines) = await RunAsync("the-secret-itself\n", "set", "jumpcloud-api-key");

        Assert.True(code == 0, lines);
        Assert.Equal("the-secret-itself", Stored("jumpcloud-api-key"));
        Assert.DoesNotContain("the-secret-itself", await File.ReadAllTextAsync(seen, Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secrets.sh")]
    [InlineData("preprovision.sh")]
    [InlineData("postdown.sh")]
    public async Task The_hook_can_be_run_and_is_valid_for_a_plain_shell(string hook)
    {
        var path = Path.Combine(Hooks, hook);
        await using var check = ChildProcess.Start(new("sh", ["-n", path]));

        Assert.Equal(0, await check.Exited);
        Assert.True(File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute));
        Assert.Contains("set -eu", await File.ReadAllTextAsync(path, Cancel), StringComparison.Ordinal);
    }

    private readonly Dictionary<string, string?> settings = [];

    private async Task<(int Code, string Lines)> RunAsync(string? input, params string[] arguments)
    {
        await using var run = ChildProcess.Start(new("sh", [Path.Combine(Hooks, "secrets.sh"), .. arguments]) { Environment = Variables(), StandardInput = input });
        return (await run.Exited.WaitAsync(TimeSpan.FromMinutes(2), Cancel), string.Join('\n', run.Lines.Select(line => line.Text)));
    }

    private Dictionary<string, string?> Variables() => new(settings)
    {
        ["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}",
        ["CURL_CA_BUNDLE"] = vault.CaFile,
        ["PRESTAGE_VAULT_URI"] = vault.VaultUri.AbsoluteUri,
        ["PRESTAGE_ROLE_WAIT_SECONDS"] = "0",
    };

    // That of macOS takes other options.
    private static bool HasTerminal => OperatingSystem.IsLinux()
        && Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(place => File.Exists(Path.Combine(place, "script")));

    private string? Stored(string name) => (string?)vault.Secrets.Find(vault.VaultUri, name, null)?["value"];
}
