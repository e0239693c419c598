using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Prestage.Functions.Hosting;
using Prestage.Functions.Telemetry;
using Prestage.Simulators;

namespace Prestage.Tests.Infra;

/// <summary>Checks that the templates say what the program, its functions and azd say. Each answers its problems, none when all is well.</summary>
internal static partial class AgreementChecks
{
    public static IEnumerable<string> SetsEverySettingThatTheProgramReads(InfraSource infra)
    {
        var wired = Wired(infra);
        var offered = infra.Parameters["settings"].AsObject().Select(setting => setting.Key).ToList();
        var set = wired.Concat(offered).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var name in ProgramSettings.Where(name => !set.Contains(name) && !KnownAzure.DevelopmentSettings.Contains(name)))
        {
            yield return $"nothing sets {name}: it belongs into settings.bicep, or into settings of main.parameters.json";
        }

        foreach (var name in set.Where(name => KnownAzure.DevelopmentSettings.Contains(name)))
        {
            yield return $"{name} must not be set in Azure";
        }

        foreach (var name in set.Where(name => !ProgramSettings.Contains(name) && !KnownAzure.HostSettings.Contains(name)))
        {
            yield return $"nobody reads {name}";
        }

        foreach (var name in wired.Intersect(offered, StringComparer.OrdinalIgnoreCase))
        {
            yield return $"{name} is wired in settings.bicep and cannot be chosen";
        }

        foreach (var (name, value) in infra.Parameters["settings"].AsObject())
        {
            if (value!.ToString() != $"${{PRESTAGE_{name.ToUpperInvariant()}=}}")
            {
                yield return $"{name} must come from ${{PRESTAGE_{name.ToUpperInvariant()}=}}, so that the default stays the program's";
            }
        }
    }

    public static IEnumerable<string> PutsSignInBeforeThePortal(InfraSource infra)
    {
        var file = infra.File("settings.bicep");
        var signIn = file.Resources.Single(resource => resource.Property("name")?.Text == "'authsettingsV2'");
        var settings = file.Resources.Single(resource => resource.Property("name")?.Text == "'appsettings'");
        if (settings.Property("Portal__Auth")?.Text != "hasPortal ? 'easyAuth' : 'off'" || !signIn.Text.Contains("= if (hasPortal)", StringComparison.Ordinal))
        {
            yield return "settings.bicep: Portal__Auth is easyAuth under the same condition as the authentication, else off";
        }

        if (settings.Property("dependsOn")?.Text.Contains(signIn.Name, StringComparison.Ordinal) != true)
        {
            yield return "settings.bicep: the settings must wait for the authentication";
        }

        if (signIn.Property("allowedApplications")?.Text != "concat([portalClientId], portalAllowedClientIds)")
        {
            yield return "settings.bicep: tokens of the portal's registration and of those that are named are let in, of no other";
        }

        var open = signIn.Property("excludedPaths")!.All.Where(node => node.Type == "string").Select(node => node.Text.Trim('\''));
        var devices = Bindings("httpTrigger").Select(binding => $"/{binding["route"]}").Where(route => !route.Contains("/portal", StringComparison.Ordinal));
        foreach (var path in open.Except(devices).Concat(devices.Except(open)))
        {
            yield return $"settings.bicep: excludedPaths and the Macs' routes differ in {path}";
        }
    }

    public static IEnumerable<string> ConsentsToTheSignIn(InfraSource infra) =>
        from file in infra.Files
        from registered in file.Resources
        where registered.Property("appRoleAssignmentRequired")?.Text == "true"
        where !file.Resources.Any(grant =>
            grant.FirstString.StartsWith("Microsoft.Graph/oauth2PermissionGrants@", StringComparison.Ordinal)
            && grant.Property("clientId")?.Text == $"{registered.Name}.id" && grant.Property("consentType")?.Text == "'AllPrincipals'")
        select $"{file.At(registered)}: where a role is required nobody can consent, so the template must, for everybody";

    public static IEnumerable<string> MakesTheQueuesAndTables(InfraSource infra)
    {
        var queues = Bindings("queueTrigger").Select(binding => (string)binding["queueName"]!).Where(name => !name.EndsWith("-poison", StringComparison.Ordinal));
        var tables = TableName().Matches(System.IO.File.ReadAllText(Path.Combine(Repository.Root, "functions/Composition.cs"))).Select(match => match.Groups[1].Value);
        foreach (var name in queues.SelectMany(name => new[] { name, $"{name}-poison" }).Concat(tables))
        {
            if (!infra.Main.Root.All.Any(node => node.Type == "string" && node.Text == $"'{name}'"))
            {
                yield return $"main.bicep: nothing makes {name}";
            }
        }
    }

    public static IEnumerable<string> TagsTheAppForAzd(InfraSource infra)
    {
        var service = Service().Match(System.IO.File.ReadAllText(Path.Combine(Repository.Root, "azure.yaml"))).Groups[1].Value;
        var tagged = infra.Files.SelectMany(file => file.Root.Properties).Where(property => property.Name == "azd-service-name").Select(property => property.Value?.Text);
        if (!tagged.SequenceEqual([$"'{service}'"]))
        {
            yield return $"exactly one resource has the tag azd-service-name: {service}, as in azure.yaml";
        }
    }

    public static IEnumerable<string> WritesTheOrganizationsIdAsTheProgramWantsIt(InfraSource infra)
    {
        var settings = infra.Main.Modules.Single(module => module.FirstString == "settings.bicep");
        if (settings.Property("jumpCloudOrgId")?.Text != "toLower(jumpCloudOrgId)")
        {
            yield return "main.bicep: jumpCloudOrgId goes through toLower(): the program takes it in lower case only";
        }
    }

    public static IEnumerable<string> AlertsByEveryQuery(InfraSource infra)
    {
        var loaded = Loaded().Matches(infra.File("alerts.bicep").Root.Text).Select(match => match.Groups[1].Value).ToList();
        foreach (var name in loaded.Except(infra.Queries.Keys).Concat(infra.Queries.Keys.Except(loaded)))
        {
            yield return $"alerts.bicep and queries/ differ in {name}";
        }

        var closedByHand = infra.File("alerts.bicep").Root.Children.Single(node => node.Type == "variable_declaration" && node.Name == "toldOnce");
        foreach (var name in closedByHand.All.Where(node => node.Type == "string").Select(node => node.Text.Trim('\'')).Where(name => !infra.Queries.ContainsKey($"{name}.kql")))
        {
            yield return $"alerts.bicep: there is no alert {name} that could be closed by hand";
        }
    }

    /// <summary>All settings that the program reads, of its own model.</summary>
    private static HashSet<string> ProgramSettings => typeof(Settings).GetProperties()
        .Where(section => section.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal))
        .SelectMany(section => section.PropertyType.GetProperties().Select(setting =>
            $"{(section.Name == nameof(Settings.HostStorage) ? Settings.HostStorageName : section.Name)}__{setting.Name}"))
        .Concat(typeof(OpenTelemetrySettings).GetProperties().Select(setting => setting.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name).OfType<string>())
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static List<string> Wired(InfraSource infra)
    {
        var settings = infra.File("settings.bicep").Resources.Single(resource => resource.Property("name")?.Text == "'appsettings'");
        return [.. settings.Property("properties")!.Properties.Select(property => property.Name)];
    }

    private static IEnumerable<JsonObject> Bindings(string type) => Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "functions"), "function.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
        .SelectMany(path => JsonNode.Parse(System.IO.File.ReadAllText(path))!["bindings"]!.AsArray())
        .Select(binding => binding!.AsObject())
        .Where(binding => (string)binding["type"]! == type);

    [GeneratedRegex("""Table\("(\w+)"\)""")]
    private static partial Regex TableName();

    [GeneratedRegex(@"^services:\n  (\w+):", RegexOptions.Multiline)]
    private static partial Regex Service();

    [GeneratedRegex(@"loadTextContent\('queries/([\w.-]+)'\)")]
    private static partial Regex Loaded();
}
