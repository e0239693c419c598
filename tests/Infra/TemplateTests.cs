using System.Reflection;
using Xunit;

namespace Prestage.Tests.Infra;

/// <summary>The templates in <c>infra/</c>, as far as they can be judged without Azure; each check is shown to fail on a broken copy.</summary>
public sealed class TemplateTests(ITestOutputHelper output)
{
    private static readonly IReadOnlyList<MethodInfo> Checks =
    [
        .. new[] { typeof(TemplateChecks), typeof(SafetyChecks), typeof(AgreementChecks) }
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.ReturnType == typeof(IEnumerable<string>)),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_templates_pass_every_check()
    {
        var infra = await InfraSource.OfRepositoryAsync(Cancel);

        var problems = Checks.SelectMany(check => Run(check, infra).Select(problem => $"{check.Name}: {problem}")).ToList();

        Assert.True(problems.Count == 0, string.Join('\n', problems));
        Assert.True(infra.Files.Count > 10, "Few templates were found.");
        output.WriteLine($"{Checks.Count} checks, {infra.Files.Count} templates, {infra.Files.Sum(file => file.Resources.Count())} resources");
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_broken_copy_is_found(string check, string file, string from, string to, string found)
    {
        var copy = Directory.CreateTempSubdirectory("prestage-infra-").FullName;
        try
        {
            Copy(Path.Combine(Simulators.Repository.Root, "infra"), copy);
            var path = Path.Combine(copy, file);
            var text = await File.ReadAllTextAsync(path, Cancel);
            Assert.Contains(from, text, StringComparison.Ordinal);
            await File.WriteAllTextAsync(path, text.Replace(from, to, StringComparison.Ordinal), Cancel);

            var problems = Run(Checks.Single(method => method.Name == check), await InfraSource.ReadAsync(copy, Cancel)).ToList();

            Assert.Contains(problems, problem => problem.Contains(found, StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public void Every_check_is_shown_to_fail() => Assert.Empty(Checks.Select(check => check.Name).Except(Breaks.Select(row => row.Data.Item1)));

    public static TheoryData<string, string, string, string, string> Breaks => new()
    {
        { "Parses", "vault.bicep", "param name string", "param name = = string", "does not parse" },
        { "KnowsEveryResourceType", "vault.bicep", "vaults@2024-11-01", "vaults@2099-01-01", "was not looked up" },
        { "KnowsEveryResourceType", "functions.bicep", "'basicPublishingCredentialsPolicies'", "'publishingPolicies'", "was not looked up" },
        { "PassesEveryModuleParameter", "main.bicep", "    tables: []\n", "", "storage.bicep needs the parameter tables" },
        { "PassesEveryModuleParameter", "main.bicep", "    tables: []\n", "    tables: []\n    shares: []\n", "storage.bicep has no parameter shares" },
        { "PassesEveryModuleParameter", "main.bicep", "'vault.bicep'", "'safe.bicep'", "there is no safe.bicep" },
        { "PassesEveryModuleParameter", "main.bicep", "vault.outputs.uri", "vault.outputs.address", "vault.bicep has no output address" },
        { "DescribesAndUsesEveryParameter", "vault.bicep", "@description('Region.')\n", "", "location has no description" },
        { "DescribesAndUsesEveryParameter", "vault.bicep", "createMode: createMode", "createMode: 'default'", "createMode is used nowhere" },
        { "GivesAzdItsParameters", "main.bicep", "param alertEmails string = ''", "param alertEmails string", "azd would ask for it" },
        { "GivesAzdItsParameters", "main.parameters.json", "\"storageSku\"", "\"sku\"", "lacks storageSku" },
        { "GivesAzdItsParameters", "main.parameters.json", "\"storageSku\"", "\"sku\"", "has no parameter sku" },
        { "HardensEveryResource", "storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "allowSharedKeyAccess" },
        { "HardensEveryResource", "vault.bicep", "    enablePurgeProtection: true\n", "", "enablePurgeProtection" },
        { "HardensEveryResource", "functions.bicep", "version: '1.0'", "version: '1'", "runtime" },
        { "HardensEveryResource", "monitoring.bicep", "    DisableLocalAuth: true\n", "", "DisableLocalAuth" },
        { "HardensEveryResource", "functions.bicep", "allow: false", "allow: true", "scm must say allow" },
        { "KnowsEveryRole", "roles.bicep", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "is no known role" },
        { "KnowsEveryRole", "roles.bicep", "    principalType: 'ServicePrincipal'\n", "", "a principalType" },
        { "KnowsEveryRole", "roles.bicep", "  scope: vault\n", "", "one resource as its scope" },
        { "LeaksNoSecret", "storage.bicep", "= account.name", "= account.listKeys().keys[0].value", "reads keys" },
        { "LeaksNoSecret", "monitoring.bicep", "= component.name", "= component.properties.ConnectionString", "may hold a secret" },
        { "LeaksNoSecret", "settings.bicep", "accountName: hostStorageName", "accountName: 'AccountName=x;AccountKey=y'", "holds a key" },
        { "SetsNothingThatFlexRefuses", "settings.bicep", "AzureWebJobsDisableHomepage:", "FUNCTIONS_WORKER_RUNTIME:", "does not take" },
        { "SetsEverySettingThatTheProgramReads", "settings.bicep", "    Vault__ClientId: clientId\n", "", "nothing sets Vault__ClientId" },
        { "SetsEverySettingThatTheProgramReads", "main.parameters.json", "Attempts__Max", "Attempts__Most", "nobody reads Attempts__Most" },
        { "SetsEverySettingThatTheProgramReads", "main.parameters.json", "Attempts__Max", "Portal__Key", "Portal__Key must not be set" },
        { "SetsEverySettingThatTheProgramReads", "main.parameters.json", "Attempts__Max", "Portal__Auth", "cannot be chosen" },
        { "SetsEverySettingThatTheProgramReads", "main.parameters.json", "ATTEMPTS__MAX=", "ATTEMPTS__MAX=5", "the default stays the program's" },
        { "SetsEverySettingThatTheProgramReads", "main.parameters.json", "\"OTEL_TRACES_SAMPLER\"", "\"OTEL_SAMPLER\"", "nothing sets OTEL_TRACES_SAMPLER" },
        { "PutsSignInBeforeThePortal", "settings.bicep", "  dependsOn: [signIn]\n", "", "must wait" },
        { "PutsSignInBeforeThePortal", "settings.bicep", "hasPortal ? 'easyAuth' : 'off'", "'easyAuth'", "under the same condition" },
        { "PutsSignInBeforeThePortal", "settings.bicep", "'/api/verify'", "'/api/*'", "differ in /api/*" },
        { "PutsSignInBeforeThePortal", "settings.bicep", "concat([portalClientId], portalAllowedClientIds)", "[]", "of no other" },
        { "ConsentsToTheSignIn", "portal-registration/main.bicep", "consentType: 'AllPrincipals'", "consentType: 'Principal'", "nobody can consent" },
        { "MakesTheQueuesAndTables", "main.bicep", "'prestage-finish-poison'", "'poison'", "nothing makes prestage-finish-poison" },
        { "MakesTheQueuesAndTables", "main.bicep", "'Proofs'", "'Proof'", "nothing makes Proofs" },
        { "TagsTheAppForAzd", "functions.bicep", "'azd-service-name': 'functions'", "'azd-service-name': 'backend'", "exactly one resource" },
        { "WritesTheOrganizationsIdAsTheProgramWantsIt", "main.bicep", "toLower(jumpCloudOrgId)", "jumpCloudOrgId", "in lower case only" },
        { "AlertsByEveryQuery", "alerts.bicep", "queries/many-locks.kql", "queries/locks.kql", "differ in many-locks.kql" },
        { "AlertsByEveryQuery", "alerts.bicep", "'dependency-down', ", "'dependencies-down', ", "no alert dependencies-down" },
    };

    private static IEnumerable<string> Run(MethodInfo check, InfraSource infra) => (IEnumerable<string>)check.Invoke(null, [infra])!;

    private static void Copy(string from, string to)
    {
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }
}
