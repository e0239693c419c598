using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.KeyVault;
using Prestage.Tests.FunctionsHost;
using Prestage.Tests.Infra;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Health;

/// <summary>The program with the app settings of <c>infra/settings.bicep</c>, name by name, where the app does not have the identity that they name.</summary>
public sealed partial class ManagedIdentityTests
{
    private const string ClientId = "0d9f3a52-7c1e-4a86-9b57-2e6d8f0c4b13";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_templates_settings_it_starts_and_tells_of_each_service_that_the_identity_is_missing()
    {
        await using var vault = await SimulatedKeyVault.StartAsync(cancellationToken: Cancel);
        vault.Identity.ClientId = "another";
        var settings = await OfTemplatesAsync(vault.VaultUri);
        settings["AzureWebJobs.Finish.Disabled"] = settings["AzureWebJobs.PoisonMessage.Disabled"] = "true";
        settings["IDENTITY_ENDPOINT"] = vault.IdentityEndpoint.AbsoluteUri;
        settings["IDENTITY_HEADER"] = vault.IdentityHeader;
        settings["SSL_CERT_FILE"] = vault.CaFile;
        settings["JumpCloud__BaseUrl"] = "http://127.0.0.1:9";
        var folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../functions/release"));
        await using var host = await LocalFunctionsHost.StartAsync(new(folder, settings), Cancel);

        var found = await MissingAsync(host);

        Assert.Contains("client id is in Storage__*", found["tables"], StringComparison.Ordinal);
        Assert.Contains("client id is in AzureWebJobsStorage", found["queue"], StringComparison.Ordinal);
        Assert.Contains("Vault__ClientId", found["vault"], StringComparison.Ordinal);
        Assert.Empty(host.Worker.Errors);
        var asked = vault.Journal.Requests.Where(request => request.PathAndQuery.Contains("/msi/token", StringComparison.Ordinal)).ToList();
        Assert.All(asked, request => Assert.Contains($"client_id={ClientId}", request.PathAndQuery, StringComparison.Ordinal));
        Assert.Contains(asked, request => Uri.UnescapeDataString(request.PathAndQuery).Contains("https://storage.azure.com", StringComparison.Ordinal));

        // The exporter signs in as the same identity, and says on standard output that it cannot send.
        await host.UntilAsync(() => host.Log.WorkerLines.Any(line => line.Contains("What is exported is not taken", StringComparison.Ordinal)));
        Assert.Contains(
            vault.Journal.Requests,
            request => request.PathAndQuery.Contains("client_id=" + ClientId, StringComparison.Ordinal)
                && Uri.UnescapeDataString(request.PathAndQuery).Contains("https://monitor.azure.com", StringComparison.Ordinal));
    }

    // What the templates would set; a value that only Azure knows is any text.
    private static async Task<Dictionary<string, string?>> OfTemplatesAsync(Uri vault)
    {
        var deployed = await (await BicepFixture.InfraAsync()).PredictAsync(AzdEnvironment.Portal);
        return deployed.Settings.Where(setting => setting.Key != "OTEL_EXPORTER_OTLP_ENDPOINT").ToDictionary(setting => setting.Key, setting => setting.Value switch
        {
            var reference when reference.EndsWith(".clientId]", StringComparison.Ordinal) => ClientId,
            var reference when reference.EndsWith(".vaultUri]", StringComparison.Ordinal) => vault.AbsoluteUri,
            var reference when reference.EndsWith(".ConnectionString]", StringComparison.Ordinal) =>
                $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint=https://127.0.0.1:9/",
            var format when Address().Match(format) is { Success: true } match => $"https://contoso.{match.Groups[1].Value}.core.windows.net",
            var format when format.EndsWith(".clientId)]", StringComparison.Ordinal) => $"ClientId={ClientId};Authorization=AAD",
            var value => (string?)value,
        });
    }

    // What to do about each dependency whose code is identity-missing, once there are all three.
    private static async Task<Dictionary<string, string>> MissingAsync(LocalFunctionsHost host)
    {
        using var http = new HttpClient { BaseAddress = host.BaseUrl };
        var (name, value) = PortalClient.Principal("reader@example.com", "Prestage.Reader");
        http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        return await Wait.ForAsync(async () =>
        {
            var page = JsonNode.Parse(await http.GetStringAsync(new Uri("/api/portal/health", UriKind.Relative), Cancel))!;
            var missing = page["dependencies"]!.AsArray().Where(each => each!["code"]!.ToString() == "identity-missing")
                .ToDictionary(each => each!["name"]!.ToString(), each => each!["remedy"]!.ToString());
            return missing.Count >= 3 ? missing : null;
        });
    }

    [GeneratedRegex(@"^\[format\('https://\{0\}\.(blob|queue|table)\.\{1\}'")]
    private static partial Regex Address();
}
