using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Prestage.Functions.Hosting;
using Prestage.Functions.Telemetry;
using Prestage.Simulators;

namespace Prestage.Tests.Infra;

/// <summary>Checks that the templates say what the program and azd say. Each yields its problems, none when all is well.</summary>
internal static partial class AgreementChecks
{
    public static async IAsyncEnumerable<string> SetsEverySettingThatTheProgramReads(InfraSource infra)
    {
        var offered = infra.Parameters["settings"].AsObject().Select(setting => setting.Key).ToList();
        var wired = (await infra.PredictAsync(AzdEnvironment.Default)).Settings;
        var set = wired.Keys.Concat(offered).ToHashSet(StringComparer.OrdinalIgnoreCase);
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

        // Each variable with a value that no other has: it must come out at its setting, and what is wired must stay.
        var chosen = AzdEnvironment.Of("all-settings", offered.Select(name => ($"PRESTAGE_{name.ToUpperInvariant()}", $"chosen-{name}")));
        var deployed = (await infra.PredictAsync(chosen)).Settings;
        foreach (var name in offered)
        {
            if (wired.TryGetValue(name, out var fixedValue))
            {
                yield return $"{name} is {fixedValue} where nobody chose it: what is wired cannot be chosen; defaults are the program's";
            }
            else if (deployed.GetValueOrDefault(name) != $"chosen-{name}")
            {
                yield return $"{name} must come from ${{PRESTAGE_{name.ToUpperInvariant()}=}}, so that the default stays the program's";
            }
        }

        foreach (var (name, _) in wired.Where(setting => deployed.GetValueOrDefault(setting.Key) != setting.Value))
        {
            yield return $"{name} is not the same where other settings are chosen";
        }
    }

    public static async IAsyncEnumerable<string> PutsSignInBeforeThePortal(InfraSource infra)
    {
        await foreach (var prediction in infra.PredictAllAsync())
        {
            var hasPortal = prediction.Set.Variables.ContainsKey("PRESTAGE_PORTAL_CLIENT_ID");
            if (prediction.Settings["Portal__Auth"] != (hasPortal ? "easyAuth" : "off")
                || prediction.Config("authsettingsV2") is not null != hasPortal)
            {
                yield return $"{prediction.Set.Name}: Portal__Auth is easyAuth exactly where there is the authentication, else off";
            }
        }

        var settings = await infra.TemplateAsync("settings.bicep");
        if (!Json.Texts(settings.Resources.Single(resource => resource.Symbol == "appSettings").Resource["dependsOn"]).Contains("signIn"))
        {
            yield return "settings.bicep: the settings must wait for the authentication";
        }

        var portal = await infra.PredictAsync(AzdEnvironment.Portal);
        if (portal.Config("authsettingsV2")?["properties"] is not { } signIn)
        {
            yield break;
        }

        var validation = signIn["identityProviders"]!["azureActiveDirectory"]!["validation"]!;
        var allowed = Json.Texts(validation["defaultAuthorizationPolicy"]!["allowedApplications"]);
        if (!allowed.SequenceEqual([AzdEnvironment.PortalClientId, AzdEnvironment.ScriptClientId]))
        {
            yield return "settings.bicep: tokens of the portal's registration and of those that are named are let in, of no other";
        }

        var validated = signIn["globalValidation"]!;
        if (Json.At(signIn, "platform/enabled") != "true" || Json.At(validated, "requireAuthentication") != "true"
            || Json.At(signIn, "login/tokenStore/enabled") != "false")
        {
            yield return "settings.bicep: the authentication is on for everything that is not excluded, and stores no token";
        }

        var open = Json.Texts(validated["excludedPaths"]).ToList();
        var devices = Bindings("httpTrigger").Select(binding => $"/{binding["route"]}")
            .Where(route => !route.Contains("/portal", StringComparison.Ordinal)).ToList();
        foreach (var path in open.Except(devices).Concat(devices.Except(open)))
        {
            yield return $"settings.bicep: excludedPaths and the Macs' routes differ in {path}";
        }
    }

    public static async IAsyncEnumerable<string> ConsentsToTheSignIn(InfraSource infra)
    {
        var template = await infra.TemplateAsync("portal-registration/main.bicep");
        var grants = template.Resources.Select(resource => resource.Resource)
            .Where(resource => Json.Text(resource, "type") == "Microsoft.Graph/oauth2PermissionGrants@v1.0").ToList();
        var guarded = template.Resources.Where(each => Json.At(each.Resource, "properties/appRoleAssignmentRequired") == "true");
        foreach (var (symbol, _) in guarded)
        {
            if (!grants.Any(grant => Json.Text(grant, "properties/clientId") == $"[reference('{symbol}').id]"
                && Json.Text(grant, "properties/consentType") == "AllPrincipals"))
            {
                yield return $"{template.File}: where a role is required nobody can consent, so the template must, for everybody";
            }
        }
    }

    public static async IAsyncEnumerable<string> MakesTheQueuesAndTables(InfraSource infra)
    {
        var queues = Bindings("queueTrigger").Select(binding => (string)binding["queueName"]!)
            .Where(name => !name.EndsWith("-poison", StringComparison.Ordinal));
        var program = File.ReadAllText(Path.Combine(Repository.Root, "functions/Composition.cs"));
        var tables = TableName().Matches(program).Select(match => match.Groups[1].Value);
        var prediction = await infra.PredictAsync(AzdEnvironment.Default);
        var made = new[] { "queueServices/queues", "tableServices/tables" }
            .SelectMany(type => prediction.Of($"Microsoft.Storage/storageAccounts/{type}"))
            .Select(resource => ((string)resource["name"]!).Split('/')).Select(name => (Account: name[0][..6], Name: name[^1])).ToList();
        var needed = queues.SelectMany(name => new[] { ("sthost", name), ("sthost", $"{name}-poison") })
            .Concat(tables.Select(name => ("stdata", name))).ToList();
        foreach (var (account, name) in needed.Except(made))
        {
            yield return $"main.bicep: nothing makes {name} in {account}";
        }

        foreach (var (account, name) in made.Except(needed))
        {
            yield return $"main.bicep: nobody uses {name} in {account}";
        }
    }

    public static async IAsyncEnumerable<string> NamesTheStorageServicesTogether(InfraSource infra)
    {
        await foreach (var prediction in infra.PredictAllAsync())
        {
            var host = new[] { "blob", "queue", "table" }.Select(service => (Name: $"AzureWebJobsStorage__{service}ServiceUri", service, Account: "sthost"));
            foreach (var (name, service, account) in host.Append(("Storage__TableServiceUri", "table", "stdata")))
            {
                var address = prediction.Settings.GetValueOrDefault(name, string.Empty);
                if (!address.StartsWith("[format('https://{0}." + service + ".{1}', ", StringComparison.Ordinal)
                    || !address.Contains($"'{account}", StringComparison.Ordinal)
                    || !address.EndsWith(", environment().suffixes.storage)]", StringComparison.Ordinal))
                {
                    yield return $"{prediction.Set.Name}: {name} must be the address of {account}'s {service} service in the cloud that is deployed to";
                }
            }

            foreach (var name in prediction.Settings.Keys.Where(name => name.EndsWith("torage__accountName", StringComparison.OrdinalIgnoreCase)))
            {
                yield return $"{prediction.Set.Name}: {name} must not be set beside the addresses";
            }
        }
    }

    public static async IAsyncEnumerable<string> SetsHowManyCallsAnInstanceIsGiven(InfraSource infra)
    {
        await foreach (var prediction in infra.PredictAllAsync())
        {
            var memory = prediction.Set.Variables.GetValueOrDefault("PRESTAGE_INSTANCE_MEMORY_MB", "2048");
            var expected = memory == "512" ? "8" : "32";
            var scale = prediction.Of("Microsoft.Web/sites").Single()["properties"]!["functionAppConfig"]!["scaleAndConcurrency"]!;
            if (Json.At(scale, "triggers/http/perInstanceConcurrency") != expected || Json.At(scale, "instanceMemoryMB") != memory)
            {
                yield return $"{prediction.Set.Name}: an instance of {memory} MB must be given {expected} calls at once";
            }
        }
    }

    public static async IAsyncEnumerable<string> TagsTheAppForAzd(InfraSource infra)
    {
        var service = Service().Match(File.ReadAllText(Path.Combine(Repository.Root, "azure.yaml"))).Groups[1].Value;
        var prediction = await infra.PredictAsync(AzdEnvironment.Default);
        var tagged = prediction.Resources.Select(resource => Json.Text(resource, "tags/azd-service-name")).OfType<string>();
        if (!tagged.SequenceEqual([service]))
        {
            yield return $"exactly one resource has the tag azd-service-name: {service}, as in azure.yaml";
        }
    }

    public static async IAsyncEnumerable<string> WritesTheOrganizationsIdAsTheProgramWantsIt(InfraSource infra)
    {
        var prediction = await infra.PredictAsync(AzdEnvironment.Default);
        if (prediction.Settings["JumpCloud__OrgId"] != AzdEnvironment.OrgIdInLowerCase)
        {
            yield return "main.bicep: jumpCloudOrgId goes through toLower(): the program takes it in lower case only";
        }
    }

    public static async IAsyncEnumerable<string> AlertsByEveryQuery(InfraSource infra)
    {
        await foreach (var prediction in infra.PredictAllAsync())
        {
            var rules = prediction.Of("Microsoft.Insights/scheduledQueryRules");
            var asked = rules.ToDictionary(
                rule => Json.Text(rule, "name")!["prestage-".Length..], rule => Json.Text(rule, "properties/criteria/allOf/0/query"));
            var queries = infra.Queries;
            var names = asked.Keys.Union(queries.Keys);
            foreach (var name in names.Where(name => asked.GetValueOrDefault(name) != queries.GetValueOrDefault(name)))
            {
                yield return $"{prediction.Set.Name}: alerts.bicep and queries/ differ in {name}";
            }

            var emails = prediction.Of("Microsoft.Insights/actionGroups")
                .SelectMany(group => group["properties"]!["emailReceivers"]!.AsArray())
                .Select(receiver => Json.Text(receiver!, "emailAddress"));
            var wanted = prediction.Set.Variables.GetValueOrDefault("PRESTAGE_ALERT_EMAILS", string.Empty)
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (!emails.SequenceEqual(wanted)
                || rules.Any(rule => rule["properties"]!["actions"]!["actionGroups"]!.AsArray().Count != Math.Min(1, wanted.Length)))
            {
                yield return $"{prediction.Set.Name}: every alert tells exactly whom PRESTAGE_ALERT_EMAILS names";
            }
        }

        var alerts = await infra.TemplateAsync("alerts.bicep");
        foreach (var name in Json.Texts(alerts.Root["variables"]!["toldOnce"]).Except(infra.Queries.Keys))
        {
            yield return $"alerts.bicep: there is no alert {name} that could be closed by hand";
        }
    }

    /// <summary>All settings that the program reads, of its own model.</summary>
    private static HashSet<string> ProgramSettings => typeof(Settings).GetProperties()
        .Where(section => section.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal))
        .SelectMany(section => section.PropertyType.GetProperties().Select(setting =>
            $"{(section.Name == nameof(Settings.HostStorage) ? Settings.HostStorageName : section.Name)}__{setting.Name}"))
        .Concat(typeof(OpenTelemetrySettings).GetProperties()
            .Select(setting => setting.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name).OfType<string>())
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    // As the Functions host reads them.
    private static IEnumerable<JsonObject> Bindings(string type) => JsonNode
        .Parse(File.ReadAllText(Path.Combine(Repository.Built, "functions.metadata")))!.AsArray()
        .SelectMany(function => function!["bindings"]!.AsArray())
        .Select(binding => binding!.AsObject())
        .Where(binding => (string)binding["type"]! == type);

    [GeneratedRegex("""Table\("(\w+)"\)""")]
    private static partial Regex TableName();

    [GeneratedRegex(@"^services:\n  (\w+):", RegexOptions.Multiline)]
    private static partial Regex Service();
}
