using System.Text.RegularExpressions;

namespace Prestage.Tests.Infra;

/// <summary>Checks of what the templates would let happen. Each answers its problems, none when all is well.</summary>
internal static partial class SafetyChecks
{
    // What a resource must say, by its type.
    private static readonly Dictionary<string, (string Name, string Value)[]> Musts = new()
    {
        ["Microsoft.Storage/storageAccounts"] =
        [
            ("allowSharedKeyAccess", "false"), ("allowBlobPublicAccess", "false"), ("minimumTlsVersion", "'TLS1_2'"), ("supportsHttpsTrafficOnly", "true"),
        ],
        ["Microsoft.KeyVault/vaults"] = [("enableRbacAuthorization", "true"), ("enableSoftDelete", "true"), ("enablePurgeProtection", "true")],
        ["Microsoft.Insights/components"] = [("DisableLocalAuth", "true")],
        ["Microsoft.Web/serverfarms"] = [("name", "'FC1'"), ("reserved", "true")],
        ["Microsoft.Web/sites"] =
        [
            ("httpsOnly", "true"), ("minTlsVersion", "'1.2'"), ("ftpsState", "'Disabled'"), ("runtime", "{ name: 'custom', version: '1.0' }"),
        ],
        ["basicPublishingCredentialsPolicies"] = [("allow", "false")],
    };

    public static IEnumerable<string> HardensEveryResource(InfraSource infra) =>
        from file in infra.Files
        from resource in file.Resources
        where !resource.Text.Contains("' existing", StringComparison.Ordinal) || resource.FirstString is "basicPublishingCredentialsPolicies"
        from must in Musts.GetValueOrDefault(resource.FirstString.Split('@')[0], [])
        where !resource.Properties.Any(property => property.Name == must.Name && property.Value?.Text == must.Value)
        select $"{file.At(resource)}: {resource.Name} must say {must.Name}: {must.Value}";

    public static IEnumerable<string> KnowsEveryRole(InfraSource infra)
    {
        foreach (var file in infra.Files)
        {
            foreach (var assignment in file.Resources.Where(resource => resource.FirstString.StartsWith("Microsoft.Authorization/", StringComparison.Ordinal)))
            {
                if (file.Path != "roles.bicep")
                {
                    yield return $"{file.At(assignment)}: roles are given in roles.bicep only";
                }

                if (assignment.Property("name")?.Text.StartsWith("guid(", StringComparison.Ordinal) != true
                    || assignment.Property("principalType") is null || assignment.Property("scope")?.Text is null or "resourceGroup()")
                {
                    yield return $"{file.At(assignment)}: a role has a name by guid(), a principalType and one resource as its scope";
                }
            }
        }

        foreach (Match id in Guid().Matches(infra.File("roles.bicep").Root.Text))
        {
            if (!KnownAzure.Roles.ContainsKey(id.Value))
            {
                yield return $"roles.bicep: {id.Value} is no known role";
            }
        }
    }

    public static IEnumerable<string> LeaksNoSecret(InfraSource infra)
    {
        foreach (var file in infra.Files)
        {
            foreach (var node in file.Root.All.Where(node => node.Type == "call_expression" && ListCall().IsMatch(node.Text)))
            {
                yield return $"{file.At(node)}: reads keys: {node.Text}";
            }

            foreach (var output in file.Outputs.Where(output => Secretive().IsMatch(output.Text)))
            {
                yield return $"{file.At(output)}: the output {output.Name} may hold a secret";
            }

            foreach (var text in file.Root.All.Where(node => node.Type == "string" && KeyText().IsMatch(node.Text)))
            {
                yield return $"{file.At(text)}: holds a key or connection string";
            }
        }
    }

    public static IEnumerable<string> SetsNothingThatFlexRefuses(InfraSource infra) =>
        from file in infra.Files
        from property in file.Root.Properties
        where KnownAzure.ForbiddenOnFlex.Contains(property.Name)
        select $"{file.Path}: Flex Consumption does not take {property.Name}";

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Guid();

    [GeneratedRegex(@"^(\w+\.)?list[A-Z]\w*\(")]
    private static partial Regex ListCall();

    [GeneratedRegex("connectionString|instrumentationKey|primaryKey|sharedKey|accountKey|getSecret|password", RegexOptions.IgnoreCase)]
    private static partial Regex Secretive();

    [GeneratedRegex("AccountKey=|SharedAccessKey=|SharedAccessSignature=|DefaultEndpointsProtocol=|[?&]sig=", RegexOptions.IgnoreCase)]
    private static partial Regex KeyText();
}
