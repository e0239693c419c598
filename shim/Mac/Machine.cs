using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>What this Mac is.</summary>
internal sealed partial class Machine(CommandRunner commands)
{
    private static readonly TimeSpan ClockLimit = TimeSpan.FromSeconds(20);

    public async Task<bool> IsRootAsync(CancellationToken cancellationToken) =>
        (await commands.ReadAsync(Tool.Id, ["-u"], said => int.TryParse(said.Output, CultureInfo.InvariantCulture, out _), cancellationToken)).Output.Trim() == "0";

    /// <summary>Null where the platform device names none.</summary>
    public async Task<string?> ReadSerialNumberAsync(CancellationToken cancellationToken) =>
        ParseSerialNumber((await commands.ReadAsync(
            Tool.Ioreg, ["-rd1", "-c", "IOPlatformExpertDevice"], said => ParseSerialNumber(said.Output) is not null, cancellationToken)).Output);

    /// <summary>Such as <c>26.1</c>; empty where unknown. Nothing else, as it goes to the service.</summary>
    public async Task<string> ReadVersionAsync(CancellationToken cancellationToken) =>
        ProductVersion().Match((await commands.RunAsync(Tool.SwVers, ["-productVersion"], cancellationToken)).Output).Groups[1].Value;

    /// <summary>The languages chosen in Setup Assistant, the preferred one first, such as <c>de-DE</c>; none where the Mac does not say.</summary>
    public async Task<IReadOnlyList<string>> ReadLanguagesAsync(string preferences, CancellationToken cancellationToken)
    {
        // One key: the whole file can hold dates and data, which have no JSON form.
        var said = await commands.RunAsync(Tool.Plutil, ["-extract", "AppleLanguages", "json", "-o", "-", preferences], cancellationToken);
        return said.Succeeded ? ParseLanguages(said.Output) : [];
    }

    /// <summary>What can still be written to the disk, as <c>df -kP /</c> says; null where it does not.</summary>
    public async Task<long?> ReadFreeKilobytesAsync(CancellationToken cancellationToken) =>
        FreeSpace().Match((await commands.RunAsync(Tool.Df, ["-kP", "/"], cancellationToken)).Output) is { Success: true } match
            ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : null;

    /// <summary>Two or three lines about the MDM; has been seen empty.</summary>
    public async Task<string> ReadManagementAsync(CancellationToken cancellationToken) =>
        (await commands.RunAsync(Tool.Profiles, ["status", "-type", "enrollment"], cancellationToken)).Output;

    /// <summary>Keeps display and disk awake for as long as this process lives.</summary>
    public bool KeepAwake() =>
        commands.TryStart(Tool.Caffeinate, ["-d", "-i", "-m", "-u", "-w", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Steps the clock to what Apple's time servers say. False where they cannot be reached.</summary>
    public async Task<bool> SetClockAsync(CancellationToken cancellationToken) =>
        (await commands.RunAsync(Tool.Sntp, ["-sS", "time.apple.com"], [], ClockLimit, cancellationToken)).Succeeded;

    /// <summary>Puts the clock to that time, to the second.</summary>
    public Task PutClockAsync(DateTimeOffset to, CancellationToken cancellationToken) =>
        commands.RunAsync(Tool.Date, ["-u", to.ToString("MMddHHmmyyyy.ss", CultureInfo.InvariantCulture)], cancellationToken);

    public static string? ParseSerialNumber(string ioreg) =>
        SerialNumber().Match(ioreg) is { Success: true } match ? match.Groups[1].Value : null;

    public static IReadOnlyList<string> ParseLanguages(string json)
    {
        try
        {
            return JsonNode.Parse(json) is JsonArray tags ? [.. tags.OfType<JsonValue>().Select(tag => tag.ToString())] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    // Filesystem, blocks, used, available, capacity, mount point.
    [GeneratedRegex(@"^\S+\s+\d+\s+\d+\s+(\d{1,15})\s+\d+%\s+/\s*$", RegexOptions.Multiline)]
    private static partial Regex FreeSpace();

    [GeneratedRegex(@"^([0-9]{1,4}(?:\.[0-9]{1,4}){0,3})\s*\z")]
    private static partial Regex ProductVersion();

    // What the service takes: 1 to 64 characters, no control characters.
    [GeneratedRegex("\"IOPlatformSerialNumber\" = \"([!-~]{1,64})\"")]
    private static partial Regex SerialNumber();
}
