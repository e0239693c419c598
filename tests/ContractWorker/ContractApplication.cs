using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Prestage.Functions.Devices;
using Prestage.Functions.Health;
using Prestage.Functions.Hosting;
using Prestage.Functions.Hosting.Pipeline;

namespace Prestage.ContractWorker;

/// <summary>The worker as a process of its own, and in a test's.</summary>
public static class ContractApplication
{
    /// <summary>The setting that puts the backend's pipeline around the functions, with this time limit for a call.</summary>
    public const string CallLimit = "CONTRACT_CALL_LIMIT";

    /// <summary>Builds it; what the caller adds to the builder before, such as a port, counts.</summary>
    public static IHost Build(FunctionsApplicationBuilder builder)
    {
        builder.ConfigureFunctionsWebApplication();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        if (builder.Configuration.GetValue<TimeSpan?>(CallLimit) is { } limit)
        {
            builder.UseCallPipeline();
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Services.AddSingleton(new HostingOptions { CallLimit = limit });
            builder.Services.AddSingleton<CallsPerMac>();
            builder.Services.AddSingleton<DependencyBoard>();
            builder.Services.AddSingleton<HealthWatch>();
            builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<StorageReady>(
                services, (IReadOnlyList<Azure.Data.Tables.TableClient>)[], (IReadOnlyList<Azure.Storage.Queues.QueueClient>)[]));
            builder.Services.AddHostedService(services => services.GetRequiredService<StorageReady>());
        }

        return builder.Build();
    }
}
