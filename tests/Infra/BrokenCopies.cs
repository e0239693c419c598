namespace Prestage.Tests.Infra;

/// <summary>A copy of the templates with faults of which none hides another, and the check that must find each.</summary>
internal sealed record BrokenCopy(string Check, IReadOnlyList<TemplateFault> Faults);

/// <summary>A text of a file that is replaced by another, and what a problem that tells of it contains.</summary>
internal sealed record TemplateFault(string File, string From, string To, string Found);

/// <summary>The faults that the checks of the templates are shown to find.</summary>
internal static class BrokenCopies
{
    public static readonly IReadOnlyList<BrokenCopy> All =
    [
        new("CompilesWithoutAFinding", [new("vault.bicep", "param name string", "param name = = string", "BCP279")]),
        new("CompilesWithoutAFinding", [new("main.bicep", "'vault.bicep'", "'safe.bicep'", "BCP091")]),
        new("CompilesWithoutAFinding",
        [
            new("main.bicep", "    containers: []\n", "", "\"containers\""),
            new("main.bicep", "    tables: []\n", "    tables: []\n    shares: []\n", "\"shares\" is not allowed"),
            new("main.bicep", "vault.outputs.uri", "vault.outputs.address", "does not contain property \"address\""),
            new("vault.bicep", "vaults@2024-11-01", "vaults@2099-01-01", "vaults@2099-01-01\" does not have types available"),
            new(
                "functions.bicep", "'basicPublishingCredentialsPolicies'",
                "'publishingPolicies'", "publishingPolicies@2025-03-01\" does not have types available"),
            new("functions.bicep", "httpsOnly: true", "httpsOnly: 'true'", "BCP036"),
            new(
                "portal-registration/main.bicep", "appRoleAssignmentRequired",
                "appRoleAssignmentNeeded", "\"appRoleAssignmentNeeded\" is not allowed"),
        ]),
        new("CompilesWithoutAFinding",
        [
            new("vault.bicep", "createMode: createMode", "createMode: 'default'", "no-unused-params"),
            new("storage.bicep", "= account.name", "= account.listKeys().keys[0].value", "outputs-should-not-contain-secrets"),
        ]),
        new("KnowsEveryResourceType",
        [
            new("vault.bicep", "vaults@2024-11-01", "vaults@2023-07-01", "vaults@2023-07-01 was not looked up"),
            new(
                "functions.bicep", "'basicPublishingCredentialsPolicies'",
                "'publishingPolicies'", "publishingPolicies@2025-03-01 was not looked up"),
        ]),
        new("DescribesEveryParameterAndOutput",
        [
            new("vault.bicep", "@description('Region.')\n", "", "location has no description"),
            new("main.bicep", "@description('The Macs\\' setting serviceUrl.')\n", "", "PRESTAGE_SERVICE_URL has no description"),
        ]),
        new("GivesAzdItsParameters",
        [
            new("main.bicep", "param alertEmails string = ''", "param alertEmails string", "azd would ask for it"),
            new("main.parameters.json", "\"storageSku\"", "\"sku\"", "lacks storageSku"),
            new("main.parameters.json", "\"silentHours\"", "\"quietHours\"", "has no parameter quietHours"),
        ]),
        new("HardensEveryResource",
        [
            new("storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "allowSharedKeyAccess"),
            new("vault.bicep", "    enablePurgeProtection: true\n", "", "enablePurgeProtection"),
            new("functions.bicep", "version: '10.0'", "version: '10'", "runtime"),
            new("functions.bicep", "minTlsVersion: '1.2'", "minTlsVersion: '1.0'", "minTlsVersion"),
            new("monitoring.bicep", "    DisableLocalAuth: true\n", "", "DisableLocalAuth"),
            new("functions.bicep", "allow: false", "allow: true", "/scm must say properties/allow"),
        ]),
        new("GrantsExactlyTheseRoles",
        [
            new(
                "roles.bicep", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
                "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635 on storageAccounts/sthost"),
            new("roles.bicep", "    principalType: 'ServicePrincipal'\n", "", "a principalType"),
            new(
                "roles.bicep", "  scope: dataStorage\n",
                "  scope: hostStorage\n", "Storage Table Data Contributor on storageAccounts/sthost"),
            new(
                "roles.bicep", "guid(hostStorage.id, identityId, blobDataOwner)",
                "'00000000-0000-0000-0000-0000000000aa'", "a name by guid()"),
        ]),
        new("GrantsExactlyTheseRoles", [new("roles.bicep", "  scope: vault\n", "", "Key Vault Secrets User on resourceGroups/rg-prod")]),
        new("LeaksNoSecret",
        [
            new(
                "settings.bicep", "Vault__ClientId: clientId",
                "Vault__ClientId: listKeys(hostStorageName, '2025-06-01').keys[0].value", "reads keys"),
            new("monitoring.bicep", "= component.name", "= component.properties.ConnectionString", "may hold a secret"),
            new("settings.bicep", "Storage__ClientId: clientId", "Storage__ClientId: 'AccountName=x;AccountKey=y'", "holds a key"),
        ]),
        new("SetsNothingThatFlexRefuses",
        [
            new("settings.bicep", "AzureWebJobsDisableHomepage:", "FUNCTIONS_WORKER_RUNTIME:", "does not take FUNCTIONS_WORKER_RUNTIME"),
            new("functions.bicep", "ftpsState:", "linuxFxVersion: 'DOTNET-ISOLATED|10.0', ftpsState:", "does not take linuxFxVersion"),
        ]),
        new("NamesNoCloud",
        [
            new(
                "network.bicep", "'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'",
                "'privatelink.vaultcore.azure.net'", "of one cloud only"),
        ]),
        new("OpensStorageAndVaultOnlyAsAsked",
        [
            new("storage.bicep", "isPrivate ? 'Disabled' : 'Enabled'", "'Enabled'", "private: Microsoft.Storage/storageAccounts"),
            new(
                "vault.bicep", "isPrivate && empty(allowedAddresses) ? 'Disabled' : 'Enabled'",
                "isPrivate ? 'Disabled' : 'Enabled'", "private-with-address"),
        ]),
        new("ConnectsThePrivateNetwork",
        [
            new(
                "main.bicep", "'network.bicep' = if (privateNetwork)",
                "'network.bicep' = if (!privateNetwork)", "though no private network was asked for"),
        ]),
        new("ConnectsThePrivateNetwork",
        [
            new(
                "functions.bicep", "virtualNetworkSubnetId: subnetId",
                "virtualNetworkSubnetId: empty(subnetId) ? null : plan.id", "must call out through the subnet"),
            new("network.bicep", "group: 'table'", "group: 'file'", "there must be private endpoints"),
            new(
                "network.bicep", "  'privatelink.blob.${storageSuffix}'\n  'privatelink.queue.${storageSuffix}'\n",
                "  'privatelink.queue.${storageSuffix}'\n  'privatelink.blob.${storageSuffix}'\n", "must name the zone privatelink.blob"),
        ]),
        new("SetsEverySettingThatTheProgramReads",
        [
            new("settings.bicep", "    Vault__ClientId: clientId\n", "", "nothing sets Vault__ClientId"),
            new("main.parameters.json", "Attempts__Max", "Attempts__Most", "nobody reads Attempts__Most"),
            new("main.parameters.json", "ATTEMPTS__WINDOW=", "ATTEMPTS__WINDOW=5", "Attempts__Window is 5 where nobody chose it"),
            new(
                "main.parameters.json", "ATTEMPTS__LOCKOUT",
                "ATTEMPTS__LOCK", "Attempts__Lockout must come from ${PRESTAGE_ATTEMPTS__LOCKOUT=}"),
            new("main.parameters.json", "Device__Serials", "Portal__Key", "Portal__Key must not be set"),
            new("main.parameters.json", "Device__RequireMdm", "Portal__Auth", "Portal__Auth is off where nobody chose it"),
            new("main.parameters.json", "\"OTEL_TRACES_SAMPLER\"", "\"OTEL_SAMPLER\"", "nothing sets OTEL_TRACES_SAMPLER"),
        ]),
        new("SetsEverySettingThatTheProgramReads",
        [
            new(
                "settings.bicep", "properties: union(chosen, {",
                "properties: union(empty(chosen) ? chosen : {}, {", "must come from ${PRESTAGE_"),
        ]),
        new("PutsSignInBeforeThePortal",
        [
            new("settings.bicep", "= if (hasPortal)", "= if (!hasPortal)", "exactly where there is the authentication"),
        ]),
        new("PutsSignInBeforeThePortal",
        [
            new("settings.bicep", "hasPortal ? 'easyAuth' : 'off'", "'easyAuth'", "exactly where there is the authentication"),
            new("settings.bicep", "  dependsOn: [signIn]\n", "", "must wait"),
            new("settings.bicep", "'/api/verify'", "'/api/*'", "differ in /api/*"),
            new("settings.bicep", "concat([portalClientId], portalAllowedClientIds)", "concat([], portalAllowedClientIds)", "of no other"),
            new("settings.bicep", "requireAuthentication: true", "requireAuthentication: false", "is on for everything"),
        ]),
        new("ConsentsToTheSignIn",
        [
            new("portal-registration/main.bicep", "consentType: 'AllPrincipals'", "consentType: 'Principal'", "nobody can consent"),
        ]),
        new("MakesTheQueuesAndTables",
        [
            new("main.bicep", "'prestage-finish-poison'", "'poison'", "nothing makes prestage-finish-poison"),
            new("main.bicep", "'Proofs'", "'Proof'", "nothing makes Proofs"),
            new("main.bicep", "'Devices'", "'Devices', 'Machines'", "nobody uses Machines"),
        ]),
        new("NamesTheStorageServicesTogether",
        [
            new(
                "settings.bicep", "__queueServiceUri: 'https://${hostStorageName}.queue.", "__queueServiceUri: 'https://${hostStorageName}.blob.",
                "sthost's queue service"),
            new("settings.bicep", "Uri: 'https://${dataStorageName}.table.", "Uri: 'https://${hostStorageName}.table.", "stdata's table service"),
            new(
                "settings.bicep", "    AzureWebJobsDisableHomepage:",
                "    AzureWebJobsStorage__accountName: dataStorageName\n    AzureWebJobsDisableHomepage:", "must not be set beside the addresses"),
        ]),
        new("SetsHowManyCallsAnInstanceIsGiven", [new("functions.bicep", "instanceMemoryMB < 2048 ? 8 : 32", "16", "must be given 32 calls at once")]),
        new("TagsTheAppForAzd",
        [
            new("functions.bicep", "'azd-service-name': 'functions'", "'azd-service-name': 'backend'", "exactly one resource"),
        ]),
        new("WritesTheOrganizationsIdAsTheProgramWantsIt",
        [
            new("main.bicep", "toLower(jumpCloudOrgId)", "jumpCloudOrgId", "in lower case only"),
        ]),
        new("AlertsByEveryQuery",
        [
            new("alerts.bicep", "queries/many-locks.kql", "queries/log-full.kql", "differ in many-locks"),
            new("alerts.bicep", "name: 'many-locks'", "name: 'locks'", "differ in locks"),
            new("alerts.bicep", "'dependency-down', ", "'dependencies-down', ", "no alert dependencies-down"),
            new("alerts.bicep", "actionGroups: empty(emails) ? [] : [receivers.id]", "actionGroups: []", "every alert tells exactly whom"),
        ]),
    ];
}
