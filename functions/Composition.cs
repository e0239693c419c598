using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prestage.Functions.Background.Finish;
using Prestage.Functions.Background.PoisonMessage;
using Prestage.Functions.Background.Reconcile;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Health;
using Prestage.Functions.History;
using Prestage.Functions.Hosting;
using Prestage.Functions.Hosting.Pipeline;
using Prestage.Functions.Identity;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Mac.Activate;
using Prestage.Functions.Mac.Verify;
using Prestage.Functions.Passcodes;
using Prestage.Functions.Portal;
using Prestage.Functions.Storage;
using Prestage.Functions.Telemetry;
using Prestage.Functions.Vault;
using Prestage.Wire;

namespace Prestage.Functions;

/// <summary>The only place that knows everyone.</summary>
internal static class Composition
{
    /// <summary>Builds the program; the clock can be a test's.</summary>
    public static IHost Build(FunctionsApplicationBuilder builder, Settings settings, TimeProvider clock)
    {
        builder.ConfigureFunctionsWebApplication();
        builder.UseCallPipeline();
        builder.UseWhen<PortalGate>(PortalGate.Guards);
        builder.UseMiddleware<StorageGateMiddleware>();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning).AddFilter("Azure", LogLevel.Warning);
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // The host adds headers of its own to what it lets in: what it takes must not be too much here.
            kestrel.Limits.MaxRequestHeadersTotalSize *= 2;
            kestrel.Limits.MaxRequestHeaderCount *= 2;
        });
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Default));
        AddSettings(builder.Services, settings, clock);
        AddStorage(builder.Services, settings);
        AddDirectory(builder.Services, settings);
        AddTrust(builder.Services, settings);
        AddFlow(builder.Services);
        builder.Services.AddPortal(settings.Portal);
        builder.Services.AddTelemetry(settings.OpenTelemetry);
        RemoveHostLogger(builder.Services);
        return builder.Build();
    }

    // It would give the host every line a second time, without its category, and none of what is logged outside an invocation.
    private static void RemoveHostLogger(IServiceCollection services)
    {
        foreach (var service in services.Where(service => service.ImplementationType?.Name == "WorkerLoggerProvider").ToList())
        {
            services.Remove(service);
        }
    }

    private static void AddSettings(IServiceCollection services, Settings settings, TimeProvider clock)
    {
        services.AddSingleton(clock);
        services.AddSingleton(settings.Hosting);
        services.AddSingleton(settings.JumpCloud);
        services.AddSingleton(settings.Vault);
        services.AddSingleton(settings.Identity);
        services.AddSingleton(settings.Attempts);
        services.AddSingleton(settings.Device);
        services.AddSingleton(settings.Enrollment);
        services.AddSingleton(settings.Account);
        services.AddSingleton(settings.Groups);
        services.AddSingleton(settings.Finish);
    }

    private static void AddStorage(IServiceCollection services, Settings settings)
    {
        var clients = Clients(settings);
        var (enrollments, devices, attempts, proofs) = (
            clients.Table("Enrollments"), clients.Table("Devices"), clients.Table("Attempts"), clients.Table("Proofs"));
        var passcodes = clients.Table("Passcodes");
        var (queue, poison) = (clients.Queue(FinishQueue.Name), clients.Queue(EnrollmentPoison.QueueName));
        services.AddSingleton<EventKeys>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<EnrollmentRows>(provider, enrollments));
        services.AddSingleton<EnrollmentGroup>();
        services.AddSingleton<EnrollmentEnds>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<PersonEnrollments>(provider, enrollments));
        services.AddSingleton(provider => new EnrollmentPages(enrollments, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new EnrollmentHistories(enrollments, provider.GetRequiredService<EventKeys>()));
        services.AddSingleton(new DeviceRows(devices));
        services.AddSingleton(new ProofRows(proofs));
        services.AddSingleton(new PasscodeRows(passcodes));
        services.AddSingleton(provider => new AttemptRows(attempts, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(new FinishQueue(queue));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<FinishTurns>(provider, enrollments));
        services.AddSingleton(provider => new StorageReady(
            [enrollments, devices, attempts, proofs, passcodes], [queue, poison], provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StorageReady>>()));
        services.AddHostedService(provider => provider.GetRequiredService<StorageReady>());
        services.AddSingleton<IDependencyCheck>(new StorageCheck(
            [enrollments, devices, attempts, proofs, passcodes], queue, poison,
            new("table", settings.Storage.NameAccount() ? "Storage__*" : Settings.HostStorageName), new("queue", Settings.HostStorageName)));
    }

    private static void AddDirectory(IServiceCollection services, Settings settings)
    {
        if (settings.Vault.Uri is null)
        {
            services.TryAddSingleton<ISecretSource>(new SettingSecrets(
                (ApiKeyCredential.SecretName, settings.JumpCloud.ApiKey), (EventKeys.SecretName, settings.Enrollment.EventKey),
                (DeviceKeys.SecretName, settings.Device.Key)));
        }
        else
        {
            services.TryAddSingleton<ISecretSource, KeyVaultSecrets>();
        }

        services.AddJumpCloud(settings.JumpCloud);
        services.AddHostedService<WarmUp>();
        services.AddHealth(settings);
    }

    private static void AddTrust(IServiceCollection services, Settings settings)
    {
        services.AddSingleton<DeviceKeys>();
        services.AddSingleton<RelayLimits>();
        services.AddSingleton<DeviceGate>();
        services.AddSingleton<DeviceEligibility>();
        if (settings.Device.Trust == TrustMode.Record)
        {
            services.AddSingleton<IDeviceTrust, RecordTrust>();
            return;
        }

        services.AddSingleton<IDeviceTrust, SignatureTrust>();
        services.AddDeviceRelay(settings.JumpCloud);
    }

    private static void AddFlow(IServiceCollection services)
    {
        services.AddSingleton<CallsPerMac>();
        services.AddSingleton<EventBudget>();
        services.AddSingleton<EventPurge>();
        services.AddSingleton<Refusals>();
        services.AddSingleton<Attempts>();
        services.AddSingleton<PasscodeCheck>();
        services.AddSingleton<PersonStanding>();
        services.AddSingleton<PersonVerifier>();
        services.AddSingleton<PasswordSetting>();
        services.AddSingleton<EnrollmentStart>();
        services.AddSingleton<TokenGate>();
        services.AddSingleton<EnrollmentFinish>();
        services.AddSingleton<EnrollmentPoison>();
        services.AddSingleton<EnrollmentReconcile>();
    }

    private static StorageClients Clients(Settings settings) => new(settings.Storage, settings.HostStorage, settings.HostStorageConnectionString);
}
