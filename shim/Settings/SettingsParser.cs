using System.Text.Json;
using Prestage.Shim.Mac;

namespace Prestage.Shim.Settings;

/// <summary>Turns the settings' JSON into <see cref="ShimSettings"/>, or says everything that is wrong with it at once.</summary>
internal static class SettingsParser
{
    private const string AgentPackage = "https://cdn02.jumpcloud.com/production/jumpcloud-agent.pkg";
    private const string JumpCloudTeam = "N985MXSH85";

    /// <exception cref="SettingsException">At least one key is missing or wrong.</exception>
    public static ShimSettings Parse(ReadOnlyMemory<byte> utf8, string source)
    {
        using var document = ParseJson(utf8, source);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new SettingsException([$"{source} must be a JSON object."]);
        }

        List<string> errors = [];
        var values = new SettingsValues(document.RootElement, string.Empty, errors);
        var connectKey = ConnectKey.TryParse(values.Required("connectKey", ConnectKey.Rule));
        if (connectKey is null && errors.Count == 0)
        {
            values.Wrong("connectKey", $"must be {ConnectKey.Rule}");
        }

        var deviceKey = values.Text("deviceKey");
        var branding = values.Group("branding");
        var settings = new ShimSettings(
            values.Address("serviceUrl", values.Required("serviceUrl", "the service's https:// address")),
            deviceKey is null ? null : new Secret(deviceKey),
            connectKey!,
            values.Address("agentPackageUrl", values.Text("agentPackageUrl", AgentPackage)!),
            values.Text("agentPackageTeamId", JumpCloudTeam)!,
            values.Required("enrollmentUser", "the short name of the enrollment user"),
            values.Flag("deleteEnrollmentUser", true),
            values.Flag("askSecret", true),
            values.Flag("proofBinding", true),
            new Branding(branding.Text("title", "Welcome to your Mac")!, branding.Text("message"), branding.Text("logo")));
        CheckChoices(values, settings);
        return errors.Count == 0 ? settings : throw new SettingsException(errors);
    }

    private static void CheckChoices(SettingsValues values, ShimSettings settings)
    {
        if (settings.ServiceUrl.PathAndQuery != "/")
        {
            values.Wrong("serviceUrl", "must have no path");
        }

        if (values.Text("ui", "console") != "console")
        {
            values.Wrong("ui", "must be console: this version has no other");
        }

        if (values.Text("language", "en") != "en")
        {
            values.Wrong("language", "must be en: this version has no other");
        }

        if (settings.EnrollmentUser.Length > 0 && !AccountName.IsUsable(settings.EnrollmentUser))
        {
            values.Wrong("enrollmentUser", $"must be {AccountName.Rule}");
        }

        if (settings.AgentPackageTeamId.Length != 10 || !settings.AgentPackageTeamId.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c)))
        {
            values.Wrong("agentPackageTeamId", "must be an Apple team id, ten capital letters and digits");
        }
    }

    private static JsonDocument ParseJson(ReadOnlyMemory<byte> utf8, string source)
    {
        try
        {
            return JsonDocument.Parse(utf8);
        }
        catch (JsonException wrong)
        {
            throw new SettingsException([$"{source} is not JSON (line {wrong.LineNumber + 1})."]);
        }
    }
}
