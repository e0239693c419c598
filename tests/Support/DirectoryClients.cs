using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Prestage.Functions.Devices;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Vault;

namespace Prestage.Tests.Support;

/// <summary>The backend's clients of JumpCloud as the program registers them, without the rest of the program.</summary>
internal sealed class DirectoryClients : IDisposable
{
    private readonly ServiceProvider provider;

    /// <param name="network">Takes the place of the network; it is not disposed here.</param>
    public DirectoryClients(
        JumpCloudOptions options, ISecretSource secrets, LogCapture? log = null, TimeProvider? clock = null, HttpMessageHandler? network = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log ?? new LogCapture()));
        services.AddSingleton(clock ?? TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(secrets);
        services.AddSingleton<RelayLimits>();
        services.AddJumpCloud(options);
        services.AddDeviceRelay(options);
        if (network is not null)
        {
            services.PostConfigureAll<HttpClientFactoryOptions>(client => client.HttpMessageHandlerBuilderActions.Add(handlers => handlers.PrimaryHandler = network));
        }

        provider = services.BuildServiceProvider();
    }

    public IJumpCloud JumpCloud => provider.GetRequiredService<IJumpCloud>();

    public DeviceRelay Relay => provider.GetRequiredService<DeviceRelay>();

    public DirectoryProbe Probe => ActivatorUtilities.CreateInstance<DirectoryProbe>(provider);

    public void Dispose() => provider.Dispose();
}
