using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Prestage.Tests.Infra;

/// <summary>Checks of what would be deployed, in each set of variables. Each yields its problems, none when all is well.</summary>
internal static partial class SafetyChecks
{
    // What a resource must say, by its type: path and JSON text.
    private static readonly Dictionary<string, (string Path, string Value)[]> Musts = new()
    {
        ["Microsoft.Storage/storageAccounts"] =
        [
            ("properties/allowSharedKeyAccess", "false"), ("properties/allowBlobPublicAccess", "false"),
            ("properties/minimumTlsVersion", "\"TLS1_2\""), ("properties/supportsHttpsTrafficOnly", "true"),
            ("properties/allowCrossTenantReplication", "false"),
        ],
        ["Microsoft.KeyVault/vaults"] =
        [
            ("properties/enableRbacAuthorization", "true"), ("properties/enableSoftDelete", "true"),
            ("properties/enablePurgeProtection", "true"),
        ],
        ["Microsoft.OperationalInsights/workspaces"] = [("properties/features/disableLocalAuth", "true")],
        ["Microsoft.Insights/components"] = [("properties/DisableLocalAuth", "true")],
        ["Microsoft.Web/serverfarms"] = [("sku/name", "\"FC1\""), ("properties/reserved", "true")],
        ["Microsoft.Web/sites"] =
        [
            ("properties/httpsOnly", "true"), ("properties/siteConfig/minTlsVersion", "\"1.2\""),
            ("properties/siteConfig/ftpsState", "\"Disabled\""), ("properties/siteConfig/cors/allowedOrigins", "[]"),
            ("properties/functionAppConfig/runtime", """{"name":"dotnet-isolated","version":"10.0"}"""),
            ("properties/functionAppConfig/deployment/storage/authentication/type", "\"UserAssignedIdentity\""),
        ],
        ["Microsoft.Web/sites/basicPublishingCredentialsPolicies"] = [("properties/allow", "false")],
    };

    // What the backend's identity may do, and on what; with who places secrets there is one more.
    private static readonly string[] Grants =
    [
        "Key Vault Secrets User on vaults/kv-", "Monitoring Metrics Publisher on components/appi-prestage-",
        "Storage Blob Data Owner on storageAccounts/sthost", "Storage Queue Data Contributor on storageAccounts/sthost",
        "Storage Table Data Contributor on storageAccounts/stdata",
    ];

    public static async IAsyncEnumerable<string> HardensEveryResource(InfraSource infra)
    {
        await foreach (var prediction in infra.PredictAllAsync())
        {
            foreach (var (type, musts) in Musts)
            {
                var resources = prediction.Of(type);
                if (resources.Count == 0)
                {
                    yield return $"{prediction.Set.Name}: there is no {type}";
                }

                foreach (var (resource, must) in resources.SelectMany(resource => musts.Select(must => (resource, must))))
                {
                    if (Json.At(resource, must.Path) is var found && found != must.Value)
                    {
                        yield return $"{prediction.At(resource)} must say {must.Path}: {must.Value}, not {found ?? "nothing"}";
                    }
                }
            }
        }
    }

    public static async IAsyncEnumerable<string> GrantsExactlyTheseRoles(InfraSource infra)
    {
        await foreach (var prediction in infra.PredictAllAsync())
        {
            var officer = prediction.Set.Variables["AZURE_PRINCIPAL_ID"];
            var expected = Grants.Concat(officer.Length > 0 ? ["Key Vault Secrets Officer on vaults/kv-"] : []);
            var granted = prediction.Of("Microsoft.Authorization/roleAssignments").Select(Grant).ToList();
            foreach (var grant in granted.Except(expected).Concat(expected.Except(granted)))
            {
                yield return $"{prediction.Set.Name}: the grants and those that are known differ in: {grant}";
            }

            foreach (var assignment in prediction.Of("Microsoft.Authorization/roleAssignments"))
            {
                var principal = Json.Text(assignment, "properties/principalId")!;
                var type = Json.Text(assignment, "properties/principalType");
                var isBackend = principal.Contains("/id-prestage-", StringComparison.Ordinal);
                var isKnown = (principal == officer && type == "User") || (isBackend && type == "ServicePrincipal");
                if (!isKnown)
                {
                    yield return $"{prediction.At(assignment)} must be for the backend or who places secrets, with a principalType";
                }
            }
        }

        foreach (var template in await infra.TemplatesAsync())
        {
            var assignments = template.Resources.Where(each => Json.Text(each.Resource, "type") == "Microsoft.Authorization/roleAssignments");
            foreach (var (_, assignment) in assignments)
            {
                if (template.File != "roles.bicep" || !Json.Text(assignment, "name")!.StartsWith("[guid(", StringComparison.Ordinal))
                {
                    yield return $"{template.File}: roles are given in roles.bicep only, each with a name by guid()";
                }
            }
        }
    }

    public static async IAsyncEnumerable<string> LeaksNoSecret(InfraSource infra)
    {
        foreach (var template in await infra.TemplatesAsync())
        {
            foreach (var text in template.Texts().Where(text => ListCall().IsMatch(text)))
            {
                yield return $"{template.File} reads keys: {text}";
            }

            foreach (var text in template.Texts().Where(text => KeyText().IsMatch(text)))
            {
                yield return $"{template.File} holds a key or connection string: {text}";
            }

            foreach (var (name, output) in template.Outputs.Where(output => Secretive().IsMatch($"{output.Key} {output.Value["value"]}")))
            {
                yield return $"{template.File}: the output {name} may hold a secret: {output["value"]}";
            }
        }

        await foreach (var prediction in infra.PredictAllAsync())
        {
            foreach (var (name, value) in prediction.Outputs.Where(output => Secretive().IsMatch($"{output.Key} {output.Value}")))
            {
                yield return $"{prediction.Set.Name}: the output {name} may hold a secret: {value}";
            }
        }
    }

    public static async IAsyncEnumerable<string> SetsNothingThatFlexRefuses(InfraSource infra)
    {
        await foreach (var prediction in infra.PredictAllAsync())
        {
            var site = prediction.Of("Microsoft.Web/sites").Single();
            var names = prediction.Settings.Keys.Concat(Json.Names(site["properties"]));
            foreach (var name in names.Where(KnownAzure.ForbiddenOnFlex.Contains))
            {
                yield return $"{prediction.Set.Name}: Flex Consumption does not take {name}";
            }
        }
    }

    public static async IAsyncEnumerable<string> NamesNoCloud(InfraSource infra)
    {
        await foreach (var prediction in infra.PredictAllAsync())
        {
            // An alert's query and the workbook name no address of ours.
            foreach (var resource in prediction.Resources)
            {
                foreach (var text in Json.Texts(resource).Where(text => CloudAddress().IsMatch(text)))
                {
                    yield return $"{prediction.At(resource)} has an address of one cloud only: {text}";
                }
            }
        }
    }

    // "Role on type/name", the name without what makes it unique.
    private static string Grant(JsonObject assignment)
    {
        var role = ((string)assignment["properties"]!["roleDefinitionId"]!).Split('/')[^1];
        var scope = ((string)assignment["id"]!).Split("/providers/Microsoft.Authorization/")[0].Split('/');
        return $"{KnownAzure.Roles.GetValueOrDefault(role, role)} on {scope[^2]}/{Unique().Replace(scope[^1], string.Empty)}";
    }

    [GeneratedRegex(@"\blist[A-Z]\w*\(")]
    private static partial Regex ListCall();

    [GeneratedRegex("connectionString|instrumentationKey|primaryKey|sharedKey|accountKey|getSecret|password", RegexOptions.IgnoreCase)]
    private static partial Regex Secretive();

    [GeneratedRegex("AccountKey=|SharedAccessKey=|SharedAccessSignature=|DefaultEndpointsProtocol=|[?&]sig=", RegexOptions.IgnoreCase)]
    private static partial Regex KeyText();

    [GeneratedRegex(@"\.(windows\.net|azure\.net|azure\.com|usgovcloudapi\.net|azure\.us|chinacloudapi\.cn|azure\.cn)\b|microsoftonline\.")]
    private static partial Regex CloudAddress();

    [GeneratedRegex("[a-z0-9]{13}$")]
    private static partial Regex Unique();
}
