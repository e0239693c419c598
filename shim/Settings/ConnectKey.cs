using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Prestage.Shim.Settings;

/// <summary>
/// The agent's connect key in both forms that JumpCloud hands out since April 2025 (TheJumpCloud/support,
/// scripts/macos/install_agent_and_serviceaccount.sh): 40 characters, or <c>jcc_</c> and the whole bootstrap file in base64.
/// </summary>
internal sealed partial class ConnectKey
{
    /// <summary>What is right, for messages.</summary>
    public const string Rule = "a JumpCloud connect key: 40 characters, or jcc_ and base64";

    private readonly Func<ReadOnlyMemory<byte>> bootstrap;

    private ConnectKey(Func<ReadOnlyMemory<byte>> bootstrap) => this.bootstrap = bootstrap;

    /// <summary>The content of <c>/opt/jc/agentBootstrap.json</c>; of a key of 40 characters made when it is asked for, which the start of the program need not wait for.</summary>
    public ReadOnlyMemory<byte> Bootstrap => bootstrap();

    /// <summary>Null where the text is neither form.</summary>
    public static ConnectKey? TryParse(string text)
    {
        var tenant = Tenant().Match(text);
        if (tenant.Success)
        {
            return DecodeJson(tenant.Groups[1].Value) is { } decoded ? new ConnectKey(() => decoded) : null;
        }

        return Classic().IsMatch(text) ? new ConnectKey(() => BootstrapOf(text)) : null;
    }

    private static byte[] BootstrapOf(string key)
    {
        JsonObject file = new()
        {
            ["publicKickstartUrl"] = "https://kickstart.jumpcloud.com:443",
            ["privateKickstartUrl"] = "https://private-kickstart.jumpcloud.com:443",
            ["connectKey"] = key,
        };
        return Encoding.UTF8.GetBytes(file.ToJsonString());
    }

    private static byte[]? DecodeJson(string base64)
    {
        try
        {
            var decoded = Convert.FromBase64String(base64);
            using var json = JsonDocument.Parse(decoded);
            return json.RootElement.ValueKind == JsonValueKind.Object ? decoded : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("^[!-~]{40}\\z")]
    private static partial Regex Classic();

    [GeneratedRegex("^jcc_([0-9a-zA-Z+/]{4,}={0,3})\\z")]
    private static partial Regex Tenant();
}
