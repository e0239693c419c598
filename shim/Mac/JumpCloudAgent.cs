using System.Text.Json;
using Prestage.Shim.Processes;
using Prestage.Shim.Settings;
using Prestage.Shim.State;

namespace Prestage.Shim.Mac;

/// <summary>The JumpCloud agent on this Mac: its files under <c>/opt/jc</c> and its launchd job.</summary>
internal sealed class JumpCloudAgent(MacPaths paths, CommandRunner commands)
{
    /// <summary>The package's receipt.</summary>
    public const string PackageId = "com.jumpcloud.agent";

    /// <summary>The launchd job's label.</summary>
    public const string JobLabel = "com.jumpcloud.darwin-agent";

    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private string BootstrapFile => Path.Combine(paths.Agent, "agentBootstrap.json");

    /// <summary>The system's private key, RSA in PEM.</summary>
    public string KeyFile => Path.Combine(paths.Agent, "client.key");

    /// <summary>The system id, once the agent is registered and its key is there; null also where others can change these files.</summary>
    public string? ReadSystemId()
    {
        var file = Path.Combine(paths.Agent, "jcagent.conf");
        if (!File.Exists(file) || !File.Exists(KeyFile) || paths.Trust.Refusal(file) is not null || paths.Trust.Refusal(KeyFile) is not null)
        {
            return null;
        }

        try
        {
            using var conf = JsonDocument.Parse(File.ReadAllBytes(file));
            return conf.RootElement.TryGetProperty("systemKey", out var key) && key.ValueKind == JsonValueKind.String
                && DeviceProof.IsSystemId(key.GetString()!) ? key.GetString() : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            return null;
        }
    }

    /// <summary>Writes what the agent registers with, for root only.</summary>
    /// <exception cref="UntrustedPathException">Others can change the agent's directory.</exception>
    public void WriteBootstrap(ConnectKey key)
    {
        paths.Trust.Require(paths.Agent);
        if (!OperatingSystem.IsWindows() && !Directory.Exists(paths.Agent))
        {
            // As the package makes it: launchd starts us with a umask under which the agent's own users could not pass.
            Directory.CreateDirectory(paths.Agent);
            File.SetUnixFileMode(paths.Agent, ReadableByAll);
        }

        PrivateFile.Write(BootstrapFile, key.Bootstrap.Span);
    }

    public void DeleteBootstrap()
    {
        if (Directory.Exists(paths.Agent))
        {
            File.Delete(BootstrapFile);
            File.Delete(BootstrapFile + ".new");
        }
    }

    /// <summary>Ends and starts the agent's job.</summary>
    public Task RestartAsync(CancellationToken cancellationToken) =>
        commands.RunAsync(Tool.Launchctl, ["kickstart", "-k", $"system/{JobLabel}"], cancellationToken);
}
