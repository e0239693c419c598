namespace Prestage.Tests.Infra;

/// <summary>What may occur in the templates. Adding here is a decision: look the version or the role up first.</summary>
internal static class KnownAzure
{
    /// <summary>Resource types with the API version looked up for each: Azure Verified Modules (2026-08), else a published template in use.</summary>
    public static readonly HashSet<string> ResourceTypes =
    [
        // Azure Verified Modules
        "Microsoft.Authorization/roleAssignments@2022-04-01",
        "Microsoft.Insights/components@2020-02-02",
        "Microsoft.Insights/diagnosticSettings@2021-05-01-preview",
        "Microsoft.KeyVault/vaults@2024-11-01",
        "Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30",
        "Microsoft.OperationalInsights/workspaces@2025-07-01",
        "Microsoft.Resources/resourceGroups@2024-11-01",
        "Microsoft.Storage/storageAccounts@2025-06-01",
        "Microsoft.Storage/storageAccounts/blobServices@2025-06-01",
        "Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01",
        "Microsoft.Storage/storageAccounts/queueServices@2025-06-01",
        "Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01",
        "Microsoft.Storage/storageAccounts/tableServices@2025-06-01",
        "Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01",
        "Microsoft.Web/serverfarms@2025-03-01",
        "Microsoft.Web/sites@2025-03-01",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01",
        "Microsoft.Web/sites/config@2025-03-01",

        // Published templates
        "Microsoft.Consumption/budgets@2023-11-01",
        "Microsoft.Insights/actionGroups@2023-01-01",
        "Microsoft.Insights/scheduledQueryRules@2023-12-01",
        "Microsoft.Insights/workbooks@2023-06-01",
        "Microsoft.Network/natGateways@2024-05-01",
        "Microsoft.Network/privateDnsZones@2024-06-01",
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01",
        "Microsoft.Network/privateEndpoints@2024-05-01",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01",
        "Microsoft.Network/publicIPAddresses@2024-05-01",
        "Microsoft.Network/virtualNetworks@2024-05-01",
        "Microsoft.Network/virtualNetworks/subnets@2024-05-01",

        // Microsoft Graph templates reference, v1.0
        "Microsoft.Graph/applications@v1.0",
        "Microsoft.Graph/applications/federatedIdentityCredentials@v1.0",
        "Microsoft.Graph/oauth2PermissionGrants@v1.0",
        "Microsoft.Graph/servicePrincipals@v1.0",
    ];

    /// <summary>Built-in roles (Microsoft Learn, "Azure built-in roles"), by id.</summary>
    public static readonly Dictionary<string, string> Roles = new()
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
        ["b86a8fe4-44ce-4948-aee5-eccb2c155cd7"] = "Key Vault Secrets Officer",
    };

    /// <summary>App settings of the Functions host, the platform and libraries, not of the program.</summary>
    public static readonly HashSet<string> HostSettings =
    [
        "AzureWebJobsStorage__credential", "AzureWebJobsStorage__blobServiceUri",
        "AzureWebJobsStorage__tableServiceUri", "AzureWebJobsDisableHomepage", "APPLICATIONINSIGHTS_STATSBEAT_DISABLED",
        "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID",
    ];

    /// <summary>What Flex Consumption refuses or ignores (Microsoft Learn, "Flex Consumption deprecated settings"; Azure CLI, flex-migration).</summary>
    public static readonly HashSet<string> ForbiddenOnFlex =
    [
        "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_WORKER_RUNTIME_VERSION", "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_MAX_HTTP_CONCURRENCY",
        "FUNCTIONS_WORKER_PROCESS_COUNT", "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED", "WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED",
        "WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING", "WEBSITE_CONTENTSHARE", "WEBSITE_CONTENTOVERVNET",
        "WEBSITE_DNS_SERVER", "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT", "WEBSITE_NODE_DEFAULT_VERSION", "WEBSITE_SKIP_CONTENTSHARE_VALIDATION",
        "WEBSITE_VNET_ROUTE_ALL", "WEBSITE_MOUNT_ENABLED", "WEBSITE_TIME_ZONE", "TZ", "WEBSITE_LOAD_CERTIFICATES", "AzureWebJobsDashboard",
        "ENABLE_ORYX_BUILD", "SCM_DO_BUILD_DURING_DEPLOYMENT", "linuxFxVersion", "netFrameworkVersion", "endToEndEncryptionEnabled",
    ];

    /// <summary>Settings of the program that Azure never sets: secrets, which belong into the vault, and what is for development only.</summary>
    public static readonly HashSet<string> DevelopmentSettings =
    [
        "JumpCloud__ApiKey", "Device__Key", "Enrollment__EventKey", "Portal__Key", "Storage__ConnectionString", "Storage__TablePrefix",
        "Storage__AccountName", "AzureWebJobsStorage__AccountName",
    ];
}
