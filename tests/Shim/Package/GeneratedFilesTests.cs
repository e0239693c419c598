extern alias shim;

using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Prestage.Package;
using Prestage.Simulators;
using shim::Prestage.Shim.Mac;
using shim::Prestage.Shim.Settings;
using Xunit;
using PropertyList = Prestage.Simulators.Mac.Commands.PropertyList;

namespace Prestage.Tests.Shim.Package;

/// <summary>What is installed beside the program: made from its own settings, current, well formed, and of one mind about names.</summary>
public sealed class GeneratedFilesTests
{
    private const string Label = "io.prestage.enroll";
    private const string Program = "/opt/prestage/prestage";

    public static TheoryData<string> Profiles => [.. Generated("*.mobileconfig")];

    public static TheoryData<string> PropertyLists => [.. Generated("*.mobileconfig"), .. Generated("*.plist")];

    [Fact]
    public void What_is_committed_is_what_the_settings_make()
    {
        foreach (var (path, text) in GeneratedFiles.For(GeneratedFiles.NoTeam))
        {
            var committed = Path.Combine(Repository.Root, path);
            Assert.True(File.Exists(committed) && File.ReadAllText(committed) == text, $"{path} is stale: run ./dev profiles.");
        }
    }

    [Theory]
    [MemberData(nameof(PropertyLists))]
    public void Every_property_list_has_the_form_that_macOS_reads(string name)
    {
        var text = File.ReadAllText(At(name));
        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\"", text, StringComparison.Ordinal);
        Assert.IsType<JsonObject>(PropertyList.Read(At(name)));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_profile_and_payload_says_what_it_is_once(string name)
    {
        var profile = Read(name);
        var payload = Assert.Single(profile["PayloadContent"]!.AsArray())!.AsObject();
        foreach (var part in new[] { profile, payload })
        {
            Assert.Equal(1, (long)part["PayloadVersion"]!);
            Assert.StartsWith($"{Label}.", (string)part["PayloadIdentifier"]!, StringComparison.Ordinal);
            Assert.True(Guid.TryParseExact((string)part["PayloadUUID"]!, "D", out _));
            Assert.NotEmpty((string)part["PayloadDisplayName"]!);
        }

        Assert.Equal("Configuration", (string?)profile["PayloadType"]);
        Assert.Equal("System", (string?)profile["PayloadScope"]);
        var ids = Generated("*.mobileconfig").SelectMany(file => Regex.Matches(File.ReadAllText(At(file)), "[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"));
        Assert.Distinct(ids.Select(match => match.Value));
    }

    [Fact]
    public void The_settings_profile_is_one_that_the_program_takes()
    {
        var payload = Payload("settings");
        Assert.Equal(Label, (string?)payload["PayloadType"]);
        var settings = SettingsParser.Parse(Encoding.UTF8.GetBytes(payload.ToJsonString()), "profile");
        Assert.Equal("enroll", settings.EnrollmentUser);
    }

    [Fact]
    public void Privacy_is_granted_to_this_program_by_its_signature()
    {
        var services = Payload("privacy")["Services"]!.AsObject();
        Assert.Equal(["AppleEvents", "SystemPolicyAllFiles", "SystemPolicySysAdminFiles"], services.Select(service => service.Key).Order());
        foreach (var (_, grants) in services)
        {
            var grant = Assert.Single(grants!.AsArray())!;
            Assert.Equal(Program, (string?)grant["Identifier"]);
            Assert.Equal("path", (string?)grant["IdentifierType"]);
            Assert.Equal("Allow", (string?)grant["Authorization"]);
            Assert.Contains($"identifier \"{Label}\"", (string?)grant["CodeRequirement"], StringComparison.Ordinal);
            Assert.Contains($"leaf[subject.OU] = \"{GeneratedFiles.NoTeam}\"", (string?)grant["CodeRequirement"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_team_that_signs_is_in_both_profiles_that_name_one()
    {
        var files = GeneratedFiles.For("ABCDE12345");
        Assert.Equal(
            ["background-items", "privacy"],
            files.Where(file => file.Value.Contains("ABCDE12345", StringComparison.Ordinal)).Select(file => file.Key.Split('.')[^2]).Order());
        Assert.DoesNotContain(files, file => file.Value.Contains(GeneratedFiles.NoTeam, StringComparison.Ordinal));
    }

    [Fact]
    public void Launchd_starts_the_program_again_only_after_a_failure()
    {
        var job = Read($"{Label}.plist");
        Assert.Equal(Label, (string?)job["Label"]);
        Assert.Equal([Program, "run"], job["ProgramArguments"]!.AsArray().Select(argument => (string?)argument));
        Assert.Equal("""{"SuccessfulExit":false}""", job["KeepAlive"]!.ToJsonString());
        Assert.True((bool)job["RunAtLoad"]!);
    }

    [Fact]
    public void Launchd_leaves_alive_what_the_program_left_running() => Assert.True((bool?)Read($"{Label}.plist")["AbandonProcessGroup"]);

    [Fact]
    public void Program_profiles_launchd_and_package_agree_on_every_name()
    {
        var paths = new MacPaths(string.Empty);
        Assert.Equal((Label, Program), (MacPaths.Label, paths.Program));
        Assert.Equal($"/Library/LaunchDaemons/{Label}.plist", paths.LaunchDaemon);
        Assert.Equal(Label, (string?)Read($"{Label}.manifest.plist")["pfm_domain"]);
        Assert.Equal(Label, (string?)Payload("background-items")["Rules"]![0]!["RuleValue"]);
        Assert.Contains($"<pkg-ref id=\"{Label}\" version=", File.ReadAllText(At("distribution.xml")), StringComparison.Ordinal);
    }

    [Fact]
    public void Manifest_and_schema_have_every_key_with_its_kind_and_default()
    {
        var manifest = Flat(Read($"{Label}.manifest.plist")["pfm_subkeys"]!.AsArray(), string.Empty);
        var schema = JsonNode.Parse(File.ReadAllText(At($"{Label}.schema.json")))!["properties"]!;
        foreach (var key in SettingKeys.All)
        {
            var types = key.Kind switch
            {
                SettingKind.Flag => ("boolean", "boolean"),
                SettingKind.Texts => ("dictionary", "object"),
                _ => ("string", "string"),
            };
            var form = key.Name.Split('.') is [var group, var inner] ? schema[group]!["properties"]![inner]! : schema[key.Name]!;
            Assert.Equal(types, ((string?)manifest[key.Name]["pfm_type"], (string?)form["type"]));
            Assert.Equal((key.Default, key.Default), (manifest[key.Name]["pfm_default"]?.ToString(), form["default"]?.ToString()));
        }
    }

    [Fact]
    public void Every_default_and_example_fits_its_own_rule()
    {
        foreach (var key in SettingKeys.All.Where(key => key.Pattern is not null))
        {
            Assert.Matches(key.Pattern!, key.Default ?? key.Example!);
        }

        Assert.All(SettingKeys.All, key => Assert.True(key.Required is null || (key.Example is not null && key.Default is null), key.Name));
    }

    private static Dictionary<string, JsonNode> Flat(JsonArray subkeys, string prefix) => subkeys
        .SelectMany(key => key!["pfm_subkeys"] is JsonArray inner
            ? Flat(inner, $"{prefix}{(string?)key["pfm_name"]}.")
            : new Dictionary<string, JsonNode> { [$"{prefix}{(string?)key["pfm_name"]}"] = key })
        .ToDictionary(key => key.Key, key => key.Value);

    private static JsonObject Payload(string profile) => Read($"{Label}.{profile}.mobileconfig")["PayloadContent"]![0]!.AsObject();

    private static JsonObject Read(string name) => PropertyList.Read(At(name)).AsObject();

    private static string At(string name) => Path.Combine(Repository.Root, "shim", "package", "files", name);

    private static IEnumerable<string> Generated(string pattern) =>
        Directory.GetFiles(Path.Combine(Repository.Root, "shim", "package", "files"), pattern).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal);
}
