namespace Prestage.Tests.Infra;

/// <summary>An azd environment: a name, and its variables.</summary>
internal sealed record AzdEnvironment(string Name, IReadOnlyDictionary<string, string> Variables)
{
    public const string OfficerId = "00000000-0000-0000-0000-0000000000f1";
    public const string PortalClientId = "00000000-0000-0000-0000-0000000000c1";
    public const string ScriptClientId = "00000000-0000-0000-0000-0000000000c2";
    public const string OrgIdInLowerCase = "5af0c3d2e1b4a69788f7d6c5";
    public const string OtlpEndpoint = "https://otlp.example.com:4317";

    /// <summary>Only what azd itself sets, and the organization.</summary>
    public static readonly AzdEnvironment Default = Of("default");

    /// <summary>Storage and vault behind private endpoints; instances kept ready.</summary>
    public static readonly AzdEnvironment Private = Of(
        "private", ("PRESTAGE_PRIVATE_NETWORK", "true"), ("PRESTAGE_ALWAYS_READY", "2"), ("PRESTAGE_INSTANCE_MEMORY_MB", "4096"),
        ("PRESTAGE_STORAGE_SKU", "Standard_LRS"));

    /// <summary>The same, with an address that may reach the vault, and nobody who places secrets.</summary>
    public static readonly AzdEnvironment PrivateWithAddress = Of(
        "private-with-address", ("PRESTAGE_PRIVATE_NETWORK", "true"), ("PRESTAGE_INSTANCE_MEMORY_MB", "512"),
        ("PRESTAGE_VAULT_ALLOWED_ADDRESSES", "203.0.113.7, 198.51.100.0/24"), ("AZURE_PRINCIPAL_ID", ""));

    /// <summary>Portal, mail, budget and an OTLP receiver.</summary>
    public static readonly AzdEnvironment Portal = Of(
        "portal", ("PRESTAGE_PORTAL_CLIENT_ID", PortalClientId), ("PRESTAGE_PORTAL_ALLOWED_CLIENT_IDS", $" {ScriptClientId} ,"),
        ("PRESTAGE_ALERT_EMAILS", "it@example.com, oncall@example.com"), ("PRESTAGE_BUDGET_START", "2026-12-01"),
        ("PRESTAGE_SILENT_HOURS", "48"), ("PRESTAGE_OTEL_EXPORTER_OTLP_ENDPOINT", OtlpEndpoint));

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<AzdEnvironment> All = [Default, Private, PrivateWithAddress, Portal];

    /// <summary>A set with these variables besides those that azd itself sets.</summary>
    public static AzdEnvironment Of(string name, params IEnumerable<(string Name, string Value)> variables)
    {
        Dictionary<string, string> all = new()
        {
            ["AZURE_ENV_NAME"] = "prod",
            ["AZURE_LOCATION"] = "westeurope",
            ["AZURE_PRINCIPAL_ID"] = OfficerId,
            ["PRESTAGE_JUMPCLOUD_ORG_ID"] = OrgIdInLowerCase.ToUpperInvariant(),
        };
        foreach (var (variable, value) in variables)
        {
            all[variable] = value;
        }

        return new(name, all);
    }
}
