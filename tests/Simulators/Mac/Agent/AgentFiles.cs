using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Agent;

/// <summary>What the agent keeps under <c>/opt/jc</c>, and its log.</summary>
internal sealed class AgentFiles(MacFiles files, TimeProvider time)
{
    private const string Bootstrap = "/opt/jc/agentBootstrap.json";
    private const string ServiceAccountOrder = "/var/run/JumpCloud-SecureToken-Creds.txt";

    /// <summary>The connect key that the installer finds; null without one.</summary>
    public string? ReadConnectKey()
    {
        if (!File.Exists(files.Of(Bootstrap)))
        {
            return null;
        }

        try
        {
            return (string?)(JsonNode.Parse(File.ReadAllBytes(files.Of(Bootstrap))) as JsonObject)?["connectKey"];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The line <c>admin;password</c> for the service account; the installer deletes the file in any case.</summary>
    public (string Admin, string Password)? TakeServiceAccountOrder()
    {
        var file = files.Of(ServiceAccountOrder);
        if (!File.Exists(file))
        {
            return null;
        }

        var line = File.ReadAllText(file).Trim();
        File.Delete(file);
        return line.Split(';', 2) is [var admin, var password] ? (admin, password) : null;
    }

    /// <summary>The key first: whoever sees the system's id may use it at once.</summary>
    public void WriteRegistration(string systemId, string privateKeyPem, bool serviceAccount)
    {
        files.WritePrivate("/opt/jc/client.key", privateKeyPem);
        files.WritePrivate("/opt/jc/jcagent.conf", new JsonObject
        {
            ["agentServerHost"] = "agent.jumpcloud.com",
            ["automaticServiceAccountCreation"] = serviceAccount,
            ["clientKey"] = "/opt/jc/client.key",
            ["heartbeatInterval"] = 60,
            ["osPlugin"] = "agent-darwin",
            ["systemKey"] = systemId,
        }.ToJsonString());
    }

    public void WriteJob(string label)
    {
        var plist = files.Of($"/Library/LaunchDaemons/{label}.plist");
        UnixFile.Write(plist, $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0"><dict><key>Label</key><string>{label}</string><key>KeepAlive</key><true/></dict></plist>

            """, UnixFile.ReadableByAll);
    }

    public void Log(string message) => File.AppendAllText(
        files.Of("/var/log/jcagent.log"), string.Create(CultureInfo.InvariantCulture, $"{time.GetLocalNow():yy-MM-dd HH:mm:ss} [INFO] {message}\n"));
}
