using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Functions.Identity;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Portal;
using Prestage.Functions.Storage;
using Prestage.Functions.Telemetry;
using Prestage.Functions.Vault;

namespace Prestage.Functions.Hosting;

/// <summary>All settings, read and checked once at start (docs/settings.md lists them; a test keeps the list true).</summary>
internal sealed class Settings
{
    /// <summary>The setting that the Functions host itself uses for its storage.</summary>
    public const string HostStorageName = "AzureWebJobsStorage";

    private readonly List<string> problems = [];

    private Settings(IConfiguration configuration)
    {
        HostStorageConnectionString = configuration[HostStorageName];
        JumpCloud = Checked(configuration, "JumpCloud", section => section.Get<JumpCloudOptions>(), new JumpCloudOptionsValidator());
        Vault = Checked(configuration, "Vault", section => section.Get<VaultOptions>(), new VaultOptionsValidator());
        Identity = Checked<IdentityOptions>(configuration, "Identity", section => section.Get<IdentityOptions>(), null);
        Attempts = Checked(configuration, "Attempts", section => section.Get<AttemptsOptions>(), new AttemptsOptionsValidator());
        Device = Checked(configuration, "Device", section => section.Get<DeviceOptions>(), new DeviceOptionsValidator());
        Enrollment = Checked(configuration, "Enrollment", section => section.Get<EnrollmentOptions>(), new EnrollmentOptionsValidator());
        Account = Checked<AccountOptions>(configuration, "Account", section => section.Get<AccountOptions>(), null);
        Groups = Checked(configuration, "Groups", section => section.Get<GroupsOptions>(), new GroupsOptionsValidator());
        Finish = Checked(configuration, "Finish", section => section.Get<FinishOptions>(), new FinishOptionsValidator());
        Portal = Checked(configuration, "Portal", section => section.Get<PortalOptions>(), new PortalOptionsValidator());
        Storage = Checked(configuration, "Storage", section => section.Get<StorageOptions>(), new StorageOptionsValidator());
        Hosting = Checked(configuration, "Hosting", section => section.Get<HostingOptions>(), new HostingOptionsValidator());
        HostStorage = Checked(configuration, HostStorageName, section => section.Get<HostStorageOptions>(), new HostStorageOptionsValidator());
        OpenTelemetry = OpenTelemetrySettings.Read(configuration);
        problems.AddRange(OpenTelemetry.Problems());
        CheckTogether();
    }

    public JumpCloudOptions JumpCloud { get; }

    public VaultOptions Vault { get; }

    public IdentityOptions Identity { get; }

    public AttemptsOptions Attempts { get; }

    public DeviceOptions Device { get; }

    public EnrollmentOptions Enrollment { get; }

    public AccountOptions Account { get; }

    public GroupsOptions Groups { get; }

    public FinishOptions Finish { get; }

    public PortalOptions Portal { get; }

    public StorageOptions Storage { get; }

    public HostingOptions Hosting { get; }

    public HostStorageOptions HostStorage { get; }

    public OpenTelemetrySettings OpenTelemetry { get; }

    /// <summary>The value of <c>AzureWebJobsStorage</c>, where it is a connection string.</summary>
    public string? HostStorageConnectionString { get; }

    /// <summary>Reads the settings; the problems name each wrong setting and say what is right.</summary>
    public static Settings Read(IConfiguration configuration, out IReadOnlyList<string> problems)
    {
        var settings = new Settings(configuration);
        problems = settings.problems;
        return settings;
    }

    private T Checked<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        IConfiguration configuration, string name, Func<IConfigurationSection, T?> bind, IValidateOptions<T>? validator)
        where T : class, new()
    {
        T options;
        try
        {
            options = bind(configuration.GetSection(name)) ?? new();
        }
        catch (InvalidOperationException exception)
        {
            problems.Add(Malformed<T>(name, exception));
            return new();
        }

        if (validator?.Validate(name, options) is { Failed: true } failed)
        {
            problems.AddRange(failed.Failures.Select(failure => $"{name}__{failure}"));
        }

        return options;
    }

    // The binder's text is "Failed to convert configuration value '…' at 'Section:Name' to type …"; the value is left out of ours.
    private static string Malformed<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        string section, InvalidOperationException malformed)
    {
        var at = malformed.Message.LastIndexOf($"'{section}:", StringComparison.Ordinal);
        var end = at < 0 ? -1 : malformed.Message.IndexOf('\'', at + 1);
        var name = end < 0 ? section : malformed.Message[(at + 1)..end].Replace(":", "__", StringComparison.Ordinal);
        var kind = typeof(T).GetProperty(name[(name.LastIndexOf('_') + 1)..])?.PropertyType;
        return kind is { IsEnum: true }
            ? $"{name}: must be one of {string.Join(", ", Enum.GetNames(kind).Select(JsonNamingPolicy.CamelCase.ConvertName))}."
            : $"{name}: has a value of the wrong kind; docs/settings.md tells the right one.";
    }

    private void CheckServiceAccount()
    {
        if (Vault.Uri is null)
        {
            problems.Add("Vault__Uri: is required: the address of the Key Vault that holds the secrets jumpcloud-client-id and jumpcloud-client-secret.");
        }

        if (!string.IsNullOrEmpty(JumpCloud.ApiKey))
        {
            problems.Add("JumpCloud__ApiKey: must not be set where JumpCloud__Auth is serviceAccount.");
        }
    }

    private void CheckTogether()
    {
        if (JumpCloud.Auth == JumpCloudAuth.ServiceAccount)
        {
            CheckServiceAccount();
        }
        else if (Vault.Uri is null && string.IsNullOrEmpty(JumpCloud.ApiKey))
        {
            problems.Add("Vault__Uri: is required: the address of the Key Vault that holds the secret jumpcloud-api-key.");
        }

        if (Vault.Uri is not null && JumpCloud.Auth == JumpCloudAuth.ApiKey && !string.IsNullOrEmpty(JumpCloud.ApiKey))
        {
            problems.Add("JumpCloud__ApiKey: must not be set together with Vault__Uri: the key belongs into the vault.");
        }

        if (Vault.Uri is not null && !string.IsNullOrEmpty(Enrollment.EventKey))
        {
            problems.Add("Enrollment__EventKey: must not be set together with Vault__Uri: the key belongs into the vault, as the secret event-key.");
        }
        else if (!string.IsNullOrEmpty(Enrollment.EventKey) && !EventKeyring.TryParse(Enrollment.EventKey, out _))
        {
            problems.Add($"Enrollment__EventKey: {EventKeyring.Right}");
        }

        CheckTrust();
        CheckStorage();

        if (Groups.Enrollment is not null && Groups.Enrollment == Groups.PostEnrollment)
        {
            problems.Add("Groups__PostEnrollment: must be another group than Groups__Enrollment.");
        }

        if (Portal.Auth == PortalAuth.Key && string.IsNullOrEmpty(Portal.Key))
        {
            problems.Add("Portal__Key: is required where Portal__Auth is key: at least 32 random characters.");
        }

        if (Portal.Auth != PortalAuth.Key && !string.IsNullOrEmpty(Portal.Key))
        {
            problems.Add("Portal__Key: must not be set where Portal__Auth is not key.");
        }

        if (Identity is { Proof: IdentityProof.None, ResetActivePasswords: true })
        {
            problems.Add("Identity__ResetActivePasswords: needs a proof: it cannot be true where Identity__Proof is none.");
        }
    }

    private void CheckStorage()
    {
        CheckConnection(HostStorageName, HostStorageConnectionString);
        CheckConnection($"{nameof(Storage)}__{nameof(StorageOptions.ConnectionString)}", Storage.ConnectionString);
        if (!string.IsNullOrEmpty(Storage.ConnectionString) && Storage.TableServiceUri is not null)
        {
            problems.Add("Storage__TableServiceUri: must not be set together with Storage__ConnectionString.");
        }

        if (!string.IsNullOrEmpty(HostStorageConnectionString))
        {
            return;
        }

        if (HostStorage.QueueEndpoint() is null)
        {
            problems.Add(
                $"{HostStorageName}: is required: a connection string, or for managed identity {HostStorageName}__accountName "
                + $"or {HostStorageName}__queueServiceUri.");
        }
        else if (!Storage.NameAccount() && HostStorage.TableEndpoint() is null)
        {
            problems.Add($"{HostStorageName}__TableServiceUri: is required beside the queue's address, where no Storage__* names an account for the tables.");
        }
    }

    private void CheckConnection(string name, string? text)
    {
        try
        {
            _ = string.IsNullOrEmpty(text) ? null : StorageConnectionString.Parse(text);
        }
        catch (FormatException exception)
        {
            problems.Add($"{name}: {exception.Message}");
        }
    }

    private void CheckTrust()
    {
        var (isRecord, hasKey) = (Device.Trust == TrustMode.Record, !string.IsNullOrEmpty(Device.Key));
        if (hasKey && !isRecord)
        {
            problems.Add("Device__Key: must not be set where Device__Trust is not record.");
        }
        else if (hasKey && Vault.Uri is not null)
        {
            problems.Add("Device__Key: must not be set together with Vault__Uri: the key belongs into the vault, as the secret device-key.");
        }
        else if (hasKey && !RecordClaim.IsKey(Device.Key!))
        {
            problems.Add($"Device__Key: {RecordClaim.KeyRule}.");
        }
        else if (isRecord && !hasKey && Vault.Uri is null)
        {
            problems.Add("Device__Key: is required where Device__Trust is record and no Vault__Uri is set.");
        }

        if (isRecord && Identity.Proof == IdentityProof.None)
        {
            problems.Add("Identity__Proof: cannot be none where Device__Trust is record: nothing would prove the person or the Mac.");
        }
    }
}
