using System.Text.Json;
using Prestage.Shim.Mac;

namespace Prestage.Shim.Settings;

/// <summary>Turns the settings' JSON into <see cref="ShimSettings"/>, or says everything that is wrong with it at once.</summary>
internal static class SettingsParser
{
    /// <exception cref="SettingsException">At least one key is missing or wrong.</exception>
    public static ShimSettings Parse(ReadOnlyMemory<byte> utf8, string source)
    {
        using var document = ParseJson(utf8, source);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new SettingsException([$"{source} must be a JSON object."]);
        }

        List<string> errors = [];
        var values = new SettingsValues(document.RootElement, errors);
        var connectKey = ConnectKey.TryParse(values.Text(SettingKeys.ConnectKey));
        if (connectKey is null && errors.Count == 0)
        {
            values.Wrong(SettingKeys.ConnectKey, $"must be {ConnectKey.Rule}");
        }

        var deviceKey = values.TextOrNull(SettingKeys.DeviceKey);
        var settings = new ShimSettings(
            values.Address(SettingKeys.ServiceUrl),
            deviceKey is null ? null : new Secret(deviceKey),
            connectKey!,
            values.Address(SettingKeys.AgentPackageUrl),
            values.Text(SettingKeys.AgentPackageTeamId),
            values.Text(SettingKeys.AgentServiceAccount),
            values.Text(SettingKeys.Account),
            values.TextOrNull(SettingKeys.AccountPicture),
            values.Text(SettingKeys.EnrollmentUser),
            values.Flag(SettingKeys.DeleteEnrollmentUser),
            values.Flag(SettingKeys.AskSecret),
            values.Flag(SettingKeys.ProofBinding),
            values.Text(SettingKeys.Ui) switch { "osascript" => UiKind.Osascript, "console" => UiKind.Console, _ => UiKind.SwiftDialog },
            DialogPackage(values),
            values.TextOrNull(SettingKeys.Language),
            OwnTexts.Read(values.Texts(SettingKeys.Texts), values),
            HelpPage(values),
            new Branding(
                values.TextOrNull(SettingKeys.BrandingTitle),
                values.TextOrNull(SettingKeys.BrandingMessage),
                values.TextOrNull(SettingKeys.BrandingLogo)));
        CheckRules(values, settings);
        return errors.Count == 0 ? settings : throw new SettingsException(errors);
    }

    private static void CheckRules(SettingsValues values, ShimSettings settings)
    {
        if (settings.ServiceUrl.PathAndQuery != "/")
        {
            values.Wrong(SettingKeys.ServiceUrl, "must have no path");
        }

        if (settings.DeviceKey is { } deviceKey && !RecordClaim.IsKey(deviceKey.Reveal()))
        {
            values.Wrong(SettingKeys.DeviceKey, RecordClaim.KeyRule);
        }

        if (settings.EnrollmentUser.Length > 0 && !AccountName.IsUsable(settings.EnrollmentUser))
        {
            values.Wrong(SettingKeys.EnrollmentUser, $"must be {AccountName.Rule}");
        }

        if (settings.AccountPicture is { } picture && !picture.StartsWith('/'))
        {
            values.Wrong(SettingKeys.AccountPicture, "must be an absolute path");
        }

        if (settings.AgentPackageTeamId.Length != 10 || !settings.AgentPackageTeamId.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c)))
        {
            values.Wrong(SettingKeys.AgentPackageTeamId, "must be an Apple team id, ten capital letters and digits");
        }
    }

    private static Uri? HelpPage(SettingsValues values)
    {
        if (values.TextOrNull(SettingKeys.HelpUrl) is null)
        {
            return null;
        }

        var page = values.Address(SettingKeys.HelpUrl);
        if (page.Scheme != Uri.UriSchemeHttps)
        {
            values.Wrong(SettingKeys.HelpUrl, "must be an https:// address");
        }

        return page;
    }

    private static PinnedPackage? DialogPackage(SettingsValues values)
    {
        var (address, hash) = (values.TextOrNull(SettingKeys.DialogPackageUrl), values.TextOrNull(SettingKeys.DialogPackageSha256));
        if (address is null != hash is null)
        {
            values.Wrong(SettingKeys.DialogPackageSha256, $"and {SettingKeys.DialogPackageUrl.Name} must be set together");
        }
        else if (hash is not null && !(hash.Length == 64 && hash.All(char.IsAsciiHexDigitLower)))
        {
            values.Wrong(SettingKeys.DialogPackageSha256, "must be a SHA-256, 64 small hex digits");
        }

        return address is null ? null : new PinnedPackage(values.Address(SettingKeys.DialogPackageUrl), hash ?? string.Empty);
    }

    private static JsonDocument ParseJson(ReadOnlyMemory<byte> utf8, string source)
    {
        try
        {
            return JsonDocument.Parse(utf8);
        }
        catch (JsonException exception)
        {
            throw new SettingsException([$"{source} is not JSON (line {exception.LineNumber + 1})."]);
        }
    }
}
