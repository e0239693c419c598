extern alias shim;

using System.Text.Json.Nodes;
using System.Xml.Linq;
using Prestage.Simulators.Mac.Faults;
using Prestage.Tests.Shim;
using shim::Prestage.Shim.Commands;
using Xunit;

namespace Prestage.Tests.Faults;

/// <summary>A run whose settings are not there, or not right, in virtual time.</summary>
public sealed class MissingSettingsTests
{
    private static readonly TimeSpan NearlyAll = TimeSpan.FromMinutes(9.8);

    [Fact]
    public Task Settings_that_come_minutes_after_the_package_are_waited_for() => RunAsync(Scenario.Windows, async world =>
    {
        var settings = world.PathOf("config.json");
        File.Move(settings, $"{settings}.later");
        Assert.Null(await world.RunAsync(1, NearlyAll));
        Assert.Empty(world.Mac.Dialogs.Shown);
        File.Move($"{settings}.later", settings);
        Assert.Empty(Verdict.OfPassing(world, await world.RunAsync(1, TimeSpan.FromHours(1))).Wrong);
        Assert.Single(Lines(world), line => line.Contains("There are no settings", StringComparison.Ordinal));
    });

    [Fact]
    public Task Wrong_settings_are_waited_for_too_and_each_fault_is_logged_once() => RunAsync(Scenario.Usual, async world =>
    {
        var right = File.ReadAllText(world.PathOf("config.json"));
        File.WriteAllText(world.PathOf("config.json"), "{");
        Assert.Null(await world.RunAsync(1, TimeSpan.FromMinutes(3)));
        File.WriteAllText(world.PathOf("config.json"), right.Replace("console", "telepathy", StringComparison.Ordinal));
        Assert.Null(await world.RunAsync(1, TimeSpan.FromMinutes(3)));
        File.WriteAllText(world.PathOf("config.json"), right);
        Assert.Equal(ExitCode.Done, await world.RunAsync(1, TimeSpan.FromHours(1)));
        Assert.Single(Lines(world), line => line.Contains("is not JSON", StringComparison.Ordinal));
        Assert.Single(Lines(world), line => line.Contains("ui must be one of", StringComparison.Ordinal));
    });

    [Theory]
    [InlineData("en-US", "The settings for this Mac have not arrived, or cannot be used.", "tell IT the code ps-01.")]
    [InlineData("de-AT", "Die Einstellungen für diesen Mac sind nicht angekommen", "nennen Sie Ihrer IT-Abteilung den Code ps-01.")]
    [InlineData("ja-JP", "The settings for this Mac have not arrived, or cannot be used.", "tell IT the code ps-01.")]
    public Task Settings_that_never_come_are_told_to_the_person_in_their_language(string language, string begin, string end) => RunAsync(
        Scenario.Windows with { Language = language },
        async world =>
        {
            File.Delete(world.PathOf("config.json"));
            Assert.Equal(ExitCode.BadSettings, await world.RunAsync(1, TimeSpan.FromMinutes(11)));
            var told = PlainText.Of((string)Assert.Single(world.Mac.Dialogs.Shown).Content["message"]!);
            Assert.StartsWith(begin, told, StringComparison.Ordinal);
            Assert.EndsWith(end, told, StringComparison.Ordinal);
        });

    [Fact]
    public Task A_profile_that_once_cannot_be_read_stops_nobody() => RunAsync(Scenario.Usual, async world =>
    {
        var settings = JsonNode.Parse(File.ReadAllText(world.PathOf("config.json")))!.AsObject();
        var profile = new XElement("plist", new XElement("dict", settings.SelectMany(pair => new[] { new XElement("key", pair.Key), new XElement("string", (string)pair.Value!) })));
        File.WriteAllText(world.Mac.PathOf("/Library/Managed Preferences/io.prestage.enroll.plist"), profile.ToString());
        world.SetFault(MacFaults.Says("killed", "plutil", "-convert", 137));
        Assert.Equal(ExitCode.Done, await world.RunAsync(1, TimeSpan.FromHours(1)));
        Assert.Single(Lines(world), line => line.Contains("cannot be read as JSON", StringComparison.Ordinal));
    });

    private static string[] Lines(FaultWorld world) => world.Output.ToString().Split('\n');

    private static Task RunAsync(Scenario scenario, Func<FaultWorld, Task> test) => VirtualTime.RunAsync(async time =>
    {
        await using var world = new FaultWorld(time, scenario);
        await test(world);
        return true;
    });
}
