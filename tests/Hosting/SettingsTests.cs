using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Prestage.Functions.Hosting;
using Prestage.Functions.Telemetry;
using Prestage.Simulators;
using Xunit;

namespace Prestage.Tests.Hosting;

public sealed class SettingsTests
{
    private static readonly Dictionary<string, string?> Good = new()
    {
        ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        ["JumpCloud:OrgId"] = new('a', 24),
        ["JumpCloud:ApiKey"] = "key",
    };

    [Fact]
    public void The_least_settings_are_enough() => Assert.Empty(ProblemsOf([]));

    [Theory]
    [InlineData("JumpCloud:OrgId", null)]
    [InlineData("JumpCloud:OrgId", "AAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("JumpCloud:BaseUrl", "http://console.jumpcloud.com")]
    [InlineData("JumpCloud:BaseUrl", "https://console.jumpcloud.com/api")]
    [InlineData("JumpCloud:BaseUrl", "https://console jumpcloud.com")]
    [InlineData("JumpCloud:BaseUrl", "http://127.0.0.1:99999")]
    [InlineData("JumpCloud:BaseUrl", "https://name:word@console.jumpcloud.com")]
    [InlineData("JumpCloud:BaseUrl", "")]
    [InlineData("JumpCloud:Auth", "guess")]
    [InlineData("JumpCloud:TokenUrl", "http://admin-oauth.id.jumpcloud.com/oauth2/token")]
    [InlineData("JumpCloud:TokenUrl", "https://admin oauth/oauth2/token")]
    [InlineData("JumpCloud:TokenUrl", "https://admin-oauth.id.jumpcloud.com/oauth2/token?x=1")]
    [InlineData("Vault:Uri", "http://vault")]
    [InlineData("Vault:Uri", "https://my vault.vault.azure.net")]
    [InlineData("Vault:Uri", "https://vault:port")]
    [InlineData("Vault:Uri", "https://vault.azure.net/secrets")]
    [InlineData("Vault:Uri", "https://vault.azure.net\\secrets")]
    [InlineData("Vault:Uri", "")]
    [InlineData("Attempts:Max", "0")]
    [InlineData("Attempts:Max", "many")]
    [InlineData("Attempts:Lockout", "2.00:00:00")]
    [InlineData("Device:EnrollWithin", "soon")]
    [InlineData("Device:ProofBinding", "sometimes")]
    [InlineData("Device:Trust", "anything")]
    [InlineData("Device:Trust", "7777")]
    [InlineData("Device:Key", "a-key-without-its-mode-0123456789abcdef")]
    [InlineData("Enrollment:TokenLifetime", "00:00:01")]
    [InlineData("Enrollment:EventKey", "c2hvcnQga2V5")]
    [InlineData("Finish:Deadline", "-1")]
    [InlineData("Groups:Enrollment", "Enrolling")]
    [InlineData("Hosting:CallLimit", "00:10:00")]
    [InlineData("Identity:Identifier", "shoesize")]
    [InlineData("Portal:Auth", "password")]
    [InlineData("Portal:Key", "a-key-without-its-mode-0123456789abcdef")]
    [InlineData("Portal:Key", "short")]
    [InlineData("Storage:TablePrefix", "1st")]
    [InlineData("Storage:AccountName", "No_Account")]
    [InlineData("Storage:ConnectionString", "AccountName=stdata;AccountKey=not!base64")]
    [InlineData("AzureWebJobsStorage", null)]
    [InlineData("AzureWebJobsStorage", "an account")]
    [InlineData("AzureWebJobsStorage", "DefaultEndpointsProtocol=https;AccountName=sthost")]
    [InlineData("AzureWebJobsStorage", "AccountName=st host;AccountKey=YQ==")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://127.0.0.1")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "https://name:word@collector")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector/?key=word")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]
    [InlineData("OTEL_TRACES_SAMPLER", "sometimes")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "1.5")]
    public void A_wrong_setting_is_named_as_the_environment_names_it(string name, string? value)
    {
        var problems = ProblemsOf(new() { [name] = value });

        Assert.Contains(problems, problem => problem.StartsWith(name.Replace(":", "__", StringComparison.Ordinal) + ":", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(problems, problem => value is { Length: > 3 } && problem.Contains(value, StringComparison.Ordinal));
    }

    [Fact]
    public void An_empty_name_of_the_host_s_account_is_none() => Assert.StartsWith(
        "AzureWebJobsStorage:",
        Assert.Single(ProblemsOf(new() { ["AzureWebJobsStorage"] = string.Empty, ["AzureWebJobsStorage:AccountName"] = string.Empty })),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("JumpCloud:BaseUrl", "https://console.eu.jumpcloud.com/")]
    [InlineData("JumpCloud:BaseUrl", "http://localhost:8080")]
    [InlineData("JumpCloud:TokenUrl", "https://admin-oauth.id.eu.jumpcloud.com/oauth2/token")]
    [InlineData("Storage:AccountName", "")]
    public void A_right_address_is_taken(string name, string value) => Assert.Empty(ProblemsOf(new() { [name] = value }));

    [Fact]
    public void A_key_in_a_setting_next_to_a_vault_is_refused() =>
        Assert.StartsWith("JumpCloud__ApiKey:", Assert.Single(ProblemsOf(new() { ["Vault:Uri"] = "https://v.vault.azure.net" })), StringComparison.Ordinal);

    [Fact]
    public void A_service_account_needs_the_vault_and_no_key()
    {
        Assert.Equal(
            ["JumpCloud__ApiKey", "Vault__Uri"],
            ProblemsOf(new() { ["JumpCloud:Auth"] = "serviceAccount" }).Select(problem => problem.Split(':')[0]).Order());
        Assert.Empty(ProblemsOf(new()
        {
            ["JumpCloud:Auth"] = "serviceAccount",
            ["JumpCloud:ApiKey"] = null,
            ["JumpCloud:TokenUrl"] = "http://127.0.0.1:8080/oauth2/token",
            ["Vault:Uri"] = "https://v.vault.azure.net",
        }));
    }

    [Fact]
    public void Operators_with_a_key_need_the_key() =>
        Assert.StartsWith("Portal__Key:", Assert.Single(ProblemsOf(new() { ["Portal:Auth"] = "key" })), StringComparison.Ordinal);

    [Fact]
    public void An_event_key_in_a_setting_next_to_a_vault_is_refused() =>
        Assert.StartsWith(
            "Enrollment__EventKey:",
            Assert.Single(ProblemsOf(new()
            {
                ["Vault:Uri"] = "https://v.vault.azure.net",
                ["JumpCloud:ApiKey"] = null,
                ["Enrollment:EventKey"] = Convert.ToBase64String(new byte[32]),
            })),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("Identity:Proof", "Identity__Proof: must be one of secret, passcode, none.")]
    [InlineData("Device:Trust", "Device__Trust: must be one of signature, record.")]
    public void A_wrong_choice_is_told_the_right_ones(string name, string start) =>
        Assert.StartsWith(start, Assert.Single(ProblemsOf(new() { [name] = "anything" })), StringComparison.Ordinal);

    [Theory]
    [InlineData("record", null, null, "is required where")]
    [InlineData("record", "short-key", null, "must have 32 to 256 random characters")]
    [InlineData("record", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", null, "must have 32 to 256 random characters")]
    [InlineData("record", "0123456789 abcdefghijklmnopqrstuvwxyz", null, "must have 32 to 256 random characters")]
    [InlineData("record", "0123456789abcdefghijklmnopqrstuvwxyz", "https://v.vault.azure.net", "must not be set together with Vault__Uri")]
    [InlineData("signature", "0123456789abcdefghijklmnopqrstuvwxyz", null, "must not be set where")]
    public void A_device_key_that_is_out_of_place_is_refused(string trust, string? key, string? vault, string sentence)
    {
        var problem = Assert.Single(ProblemsOf(new()
        {
            ["Device:Trust"] = trust,
            ["Device:Key"] = key,
            ["Vault:Uri"] = vault,
            ["JumpCloud:ApiKey"] = vault is null ? "key" : null,
        }));

        Assert.StartsWith($"Device__Key: {sentence}", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(key ?? "\n", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_records_are_trusted_the_person_must_be_proven() =>
        Assert.StartsWith(
            "Identity__Proof:",
            Assert.Single(ProblemsOf(new() { ["Device:Trust"] = "record", ["Device:Key"] = "0123456789abcdefghijklmnopqrstuvwxyz", ["Identity:Proof"] = "none" })),
            StringComparison.Ordinal);

    [Fact]
    public void Resetting_passwords_needs_a_proof() =>
        Assert.StartsWith(
            "Identity__ResetActivePasswords:",
            Assert.Single(ProblemsOf(new() { ["Identity:Proof"] = "none", ["Identity:ResetActivePasswords"] = "true" })),
            StringComparison.Ordinal);

    [Fact]
    public async Task The_page_of_settings_lists_every_setting_with_its_type_and_default()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/settings.md"), TestContext.Current.CancellationToken);

        foreach (var row in Rows())
        {
            Assert.True(page.Contains(row, StringComparison.Ordinal), $"docs/settings.md lacks this line:\n{row}");
        }

        Assert.Equal(Rows().Count(), page.Split('\n').Count(line => line.StartsWith("| `", StringComparison.Ordinal)));
    }

    private static IReadOnlyList<string> ProblemsOf(Dictionary<string, string?> changes)
    {
        var all = new Dictionary<string, string?>(Good);
        foreach (var (name, value) in changes)
        {
            all[name] = value;
        }

        Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(all.Where(entry => entry.Value is not null)).Build(), out var problems);
        return problems;
    }

    private static IEnumerable<string> Rows()
    {
        yield return "| `AzureWebJobsStorage` | text | | Connection string of the host's storage account, which holds the queue and, unless `Storage__*` names another, the tables. |";
        var defaults = Settings.Read(new ConfigurationBuilder().Build(), out _);
        foreach (var section in typeof(Settings).GetProperties().Where(property => property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal)))
        {
            var name = section.Name == nameof(Settings.HostStorage) ? Settings.HostStorageName : section.Name;
            foreach (var setting in section.PropertyType.GetProperties())
            {
                var value = setting.GetValue(section.GetValue(defaults));
                yield return $"| `{name}__{setting.Name}` | {TypeOf(setting.PropertyType)} | {Default(value)} | {setting.GetCustomAttribute<DescriptionAttribute>()!.Description} |";
            }
        }

        foreach (var setting in typeof(OpenTelemetrySettings).GetProperties())
        {
            if (setting.GetCustomAttribute<ConfigurationKeyNameAttribute>() is { Name: var name })
            {
                yield return $"| `{name}` | text |  | {setting.GetCustomAttribute<DescriptionAttribute>()!.Description} |";
            }
        }
    }

    private static string TypeOf(Type type) => type switch
    {
        _ when type.IsEnum => string.Join(", ", Enum.GetNames(type).Select(name => char.ToLowerInvariant(name[0]) + name[1..])),
        _ when type == typeof(bool) => "true, false",
        _ when type == typeof(int) => "number",
        _ when type == typeof(TimeSpan) => "time span",
        _ => "text",
    };

    private static string Default(object? value) => value switch
    {
        null or "" => string.Empty,
        bool flag => flag ? "true" : "false",
        Enum choice => char.ToLowerInvariant(choice.ToString()[0]) + choice.ToString()[1..],
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
