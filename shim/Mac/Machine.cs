using System.Globalization;
using System.Text.RegularExpressions;
using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>What this Mac is.</summary>
internal sealed partial class Machine(CommandRunner commands)
{
    public async Task<bool> IsRootAsync(CancellationToken cancel) =>
        (await commands.RunAsync(Tool.Id, ["-u"], cancel)) is { Succeeded: true, Output: var uid } && uid.Trim() == "0";

    /// <summary>Null where the platform device names none.</summary>
    public async Task<string?> ReadSerialNumberAsync(CancellationToken cancel) =>
        ParseSerialNumber((await commands.RunAsync(Tool.Ioreg, ["-rd1", "-c", "IOPlatformExpertDevice"], cancel)).Output);

    /// <summary>Such as <c>26.1</c>; empty where unknown.</summary>
    public async Task<string> ReadVersionAsync(CancellationToken cancel) =>
        (await commands.RunAsync(Tool.SwVers, ["-productVersion"], cancel)).Output.Trim();

    /// <summary>Keeps display and disk awake for as long as this process lives.</summary>
    public bool KeepAwake() =>
        commands.TryStart(Tool.Caffeinate, ["-d", "-i", "-m", "-u", "-w", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);

    public static string? ParseSerialNumber(string ioreg) =>
        SerialNumber().Match(ioreg) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex("\"IOPlatformSerialNumber\" = \"([^\"]+)\"")]
    private static partial Regex SerialNumber();
}
