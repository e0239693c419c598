extern alias shim;

using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Prestage.Simulators;
using shim::Prestage.Shim.Settings;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>Settings: what is taken, and what each refusal says.</summary>
public sealed class SettingsTests
{
    private const string Classic = "0123456789abcdefghij0123456789abcdefghij";

    [Fact]
    public void The_smallest_settings_get_the_defaults()
    {
        var settings = Parse(new JsonObject());
        Assert.Equal("N985MXSH85", settings.AgentPackageTeamId);
        Assert.True(settings is { AskSecret: true, DeleteEnrollmentUser: true, ProofBinding: true, DeviceKey: null });
    }

    [Theory]
    [InlineData("serviceUrl", "http://prestage.example", "serviceUrl must be an https:// address (http:// only for 127.0.0.1 and localhost).")]
    [InlineData("serviceUrl", "https://prestage.example/x", "serviceUrl must have no path.")]
    [InlineData("serviceUrl", "prestage", "serviceUrl must be an https:// address (http:// only for 127.0.0.1 and localhost).")]
    [InlineData("connectKey", "short", "connectKey must be a JumpCloud connect key: 40 characters, or jcc_ and base64.")]
    [InlineData("agentPackageUrl", "http://x.example/a.pkg", "agentPackageUrl must be an https:// address (http:// only for 127.0.0.1 and localhost).")]
    [InlineData("agentPackageTeamId", "jumpcloud", "agentPackageTeamId must be an Apple team id, ten capital letters and digits.")]
    [InlineData("deviceKey", "short", "deviceKey must have 32 to 256 random characters of printable ASCII without spaces, at least 10 of them different, such as openssl rand -base64 32 makes.")]
    [InlineData("enrollmentUser", "-x", "enrollmentUser must be a short name: a small letter or _, then at most 30 of a-z 0-9 . _ -.")]
    [InlineData("ui", "depnotify", "ui must be one of swiftDialog, osascript, console.")]
    [InlineData("dialogPackageUrl", "https://x.example/dialog.pkg", "dialogPackageSha256 and dialogPackageUrl must be set together.")]
    [InlineData("helpUrl", "help.example", "helpUrl must be an https:// address (http:// only for 127.0.0.1 and localhost).")]
    [InlineData("helpUrl", "http://localhost/help", "helpUrl must be an https:// address.")]
    [InlineData("language", "xx", "language must be one of de, en.")]
    [InlineData("texts", "red", "texts must be an object.")]
    [InlineData("askSecret", "yes", "askSecret must be true or false.")]
    [InlineData("branding", "red", "branding must be an object.")]
    public void A_wrong_value_is_named_with_what_is_right(string key, string value, string sentence)
    {
        var refused = Assert.Throws<SettingsException>(() => Parse(new JsonObject { [key] = value }));
        Assert.Equal([sentence], refused.Errors);
    }

    [Theory]
    [InlineData("serviceUrl", "serviceUrl is missing; it must be the service's https:// address.")]
    [InlineData("connectKey", "connectKey is missing; it must be a JumpCloud connect key: 40 characters, or jcc_ and base64.")]
    [InlineData("enrollmentUser", "enrollmentUser is missing; it must be the short name of the enrollment user.")]
    public void A_missing_value_is_named(string key, string sentence)
    {
        var refused = Assert.Throws<SettingsException>(() => Parse(new JsonObject(), without: key));
        Assert.Equal([sentence], refused.Errors);
    }

    [Fact]
    public void Every_key_is_read_and_no_other()
    {
        var parser = File.ReadAllText(Path.Combine(Repository.Root, "shim", "Settings", "SettingsParser.cs"));
        var read = Regex.Matches(parser, @"values\.(?:Text|TextOrNull|Texts|Flag|Address)\(SettingKeys\.(\w+)\)").Select(match => match.Groups[1].Value).ToHashSet();
        var all = typeof(SettingKeys).GetFields().Where(field => field.FieldType == typeof(SettingKey)).ToList();
        Assert.Equal(all.Select(field => field.Name).Order(), read.Order());
        Assert.Equal(all.Select(field => ((SettingKey)field.GetValue(null)!).Name), SettingKeys.All.Select(key => key.Name));
    }

    [Theory]
    [InlineData("helo", "Hi", "texts has helo, which is no key of shim/Languages/en.json.")]
    [InlineData("hello", "Hi {nmae}", "texts has {nmae} in hello; it can have {name}.")]
    [InlineData("noMatch", "Try {count}", "texts has {count} in noMatch; it can have no placeholder.")]
    [InlineData("noMatch", " ", "texts.noMatch must be a text that is not empty.")]
    public void A_wrong_own_text_is_named_with_what_is_right(string key, string text, string sentence)
    {
        var refused = Assert.Throws<SettingsException>(() => Parse(new JsonObject { ["texts"] = new JsonObject { [key] = text } }));
        Assert.Equal([sentence], refused.Errors);
    }

    [Fact]
    public void All_wrong_values_are_named_at_once() =>
        Assert.Equal(2, Assert.Throws<SettingsException>(() => Parse(new JsonObject { ["ui"] = "x", ["language"] = "xx" })).Errors.Count);

    [Fact]
    public void A_wrong_connect_key_is_not_in_the_message()
    {
        var refused = Assert.Throws<SettingsException>(() => Parse(new JsonObject { ["connectKey"] = "jcc_hunter2" }));
        Assert.DoesNotContain("hunter2", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:7071")]
    [InlineData("http://localhost:7071")]
    public void Plain_http_is_taken_on_loopback(string address) =>
        Assert.Equal(new Uri(address), Parse(new JsonObject { ["serviceUrl"] = address }).ServiceUrl);

    [Fact]
    public void Text_that_is_not_JSON_is_refused_with_its_line() =>
        Assert.Equal(
            ["config.json is not JSON (line 2)."],
            Assert.Throws<SettingsException>(() => SettingsParser.Parse("{\n oops"u8.ToArray(), "config.json")).Errors);

    [Fact]
    public void A_classic_connect_key_becomes_the_three_members()
    {
        var file = JsonNode.Parse(ConnectKey.TryParse(Classic)!.Bootstrap.Span)!.AsObject();
        Assert.Equal(Classic, (string?)file["connectKey"]);
        Assert.Equal(["connectKey", "privateKickstartUrl", "publicKickstartUrl"], file.Select(member => member.Key).Order());
    }

    [Fact]
    public void A_tenant_connect_key_is_the_file_as_it_is()
    {
        const string File = """{ "connectKey":"x", "region":"eu" }""";
        var key = ConnectKey.TryParse("jcc_" + Convert.ToBase64String(Encoding.UTF8.GetBytes(File)));
        Assert.Equal(File, Encoding.UTF8.GetString(key!.Bootstrap.Span));
    }

    [Theory]
    [InlineData("jcc_")]
    [InlineData("jcc_bm90IGpzb24=")]
    [InlineData("0123456789abcdefghij0123456789abcdefghi\n")]
    [InlineData("jcc_e30=\n")]
    public void Any_other_connect_key_is_refused(string text) => Assert.Null(ConnectKey.TryParse(text));

    private static ShimSettings Parse(JsonObject changes, string? without = null)
    {
        JsonObject json = new()
        {
            ["serviceUrl"] = "https://prestage.example",
            ["connectKey"] = Classic,
            ["enrollmentUser"] = "enroll",
        };
        foreach (var (key, value) in changes)
        {
            json[key] = value?.DeepClone();
        }

        json.Remove(without ?? string.Empty);
        return SettingsParser.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), "config.json");
    }
}
