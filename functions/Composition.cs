using System.Net;
using Azure.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prestage.Functions.Activate;
using Prestage.Functions.Associate;
using Prestage.Functions.Complete;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollment;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Finish;
using Prestage.Functions.Health;
using Prestage.Functions.History;
using Prestage.Functions.Hosting;
using Prestage.Functions.Identity;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Passcodes;
using Prestage.Functions.PoisonMessage;
using Prestage.Functions.Portal;
using Prestage.Functions.Problems;
using Prestage.Functions.Reconcile;
using Prestage.Functions.Report;
using Prestage.Functions.Storage;
using Prestage.Functions.Telemetry;
using Prestage.Functions.Token;
using Prestage.Functions.Vault;
using Prestage.Functions.Verify;
using Prestage.Wire;

namespace Prestage.Functions;

/// <summary>The only place that knows everyone.</summary>
internal static class Composition
{
    /// <summary>The port that the Functions host names; without it there is no host above.</summary>
    private const string HostPort = "FUNCTIONS_CUSTOMHANDLER_PORT";

    /// <summary>Builds the program; the clock can be a test's.</summary>
    public static WebApplication Build(WebApplicationBuilder builder, Settings settings, TimeProvider clock)
    {
        var hostPort = builder.Configuration.GetValue<int?>(HostPort);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Azure", LogLevel.Warning);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, hostPort ?? settings.Hosting.Port);
        });
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Default));
        AddSettings(builder.Services, settings, clock);
        AddStorage(builder.Services, settings);
        AddDirectory(builder.Services, settings);
        AddTrust(builder.Services, settings);
        AddFlow(builder.Services, hostPort is not null);
        builder.Services.AddPortal(settings.Portal, hostPort is not null);
        builder.Services.AddTelemetry(settings.OpenTelemetry);
        if (hostPort is null)
        {
            builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<Pump>(
                services, Clients(settings).Queue(FinishQueue.Name, decodes: false), Clients(settings).Queue(EnrollmentPoison.QueueName, decodes: false)));
        }

        var app = builder.Build();
        app.Use((context, next) => context.RequestServices.GetRequiredService<Requests>().InvokeAsync(context, next));
        app.UseStatusCodePages(pages => Problem.NotFound("There is no such route.").ExecuteAsync(pages.HttpContext));
        app.Use((context, next) => context.RequestServices.GetRequiredService<StorageReady>().GateAsync(context, next));
        app.MapVerify();
        app.MapToken();
        app.MapActivate();
        app.MapAssociate();
        app.MapComplete();
        app.MapEnrollment();
        app.MapReport();
        app.MapHealth();
        app.MapPortal();
        if (hostPort is not null)
        {
            app.MapFinish();
            app.MapPoisonMessage();
            app.MapReconcile();
        }

        return app;
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
        services.AddSingleton<FinishSignal>();
        services.AddSingleton(provider => new FinishQueue(queue, provider.GetRequiredService<FinishSignal>()));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<FinishTurns>(provider, enrollments));
        services.AddSingleton(provider => new StorageReady(
            [enrollments, devices, attempts, proofs, passcodes], [queue, poison], provider.GetRequiredService<FirstAnswer>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<StorageReady>>()));
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

    private static void AddFlow(IServiceCollection services, bool hostAbove)
    {
        services.AddSingleton<FirstAnswer>();
        services.AddSingleton<CallFailures>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Requests>(provider, hostAbove));
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
