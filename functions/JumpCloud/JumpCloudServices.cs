using System.Diagnostics;
using System.Net;
using Prestage.Functions.Devices;
using Prestage.Functions.Hosting;
using Refit;

namespace Prestage.Functions.JumpCloud;

/// <summary>Registers JumpCloud's clients: one with our credential, one for a service account's tokens, one for what a Mac has signed.</summary>
internal static class JumpCloudServices
{
    private static readonly RefitSettings Refit = new(SystemTextJsonContentSerializer.ForContext(JumpCloudJson.Default))
    {
        // Each try sends the same bytes, with their length.
        RequestBodySerialization = RequestBodySerializationMode.Buffered,
    };

    /// <summary>Adds <see cref="IJumpCloud"/> and what it needs but <see cref="Vault.ISecretSource"/>.</summary>
    public static IServiceCollection AddJumpCloud(this IServiceCollection services, JumpCloudOptions options)
    {
        services.AddSingleton<DirectoryResilience>();
        services.AddSingleton<DirectoryAnswers>();
        if (options.Auth == JumpCloudAuth.ServiceAccount)
        {
            services.AddSingleton<ServiceAccountTokens>();
            services.AddSingleton<IDirectoryCredential, ServiceAccountCredential>();
            services.AddClient<ITokenEndpoint>(options, ServiceAccountTokens.Route);
        }
        else
        {
            services.AddSingleton<IDirectoryCredential, ApiKeyCredential>();
        }

        services.AddTransient<CredentialHandler>();
        services.AddClient<IJumpCloudApi>(options, route: null, client => client.AddHttpMessageHandler<CredentialHandler>());
        services.AddSingleton<IJumpCloud, JumpCloudClient>();
        return services;
    }

    /// <summary>Adds the way for what a Mac has signed: nothing of ours may travel with it.</summary>
    public static IServiceCollection AddDeviceRelay(this IServiceCollection services, JumpCloudOptions options)
    {
        services.AddClient<ISignedReads>(options, DeviceRelay.Route);
        return services.AddSingleton<DeviceRelay>();
    }

    // The order is that of the calls: what is added first sees the call first.
    private static void AddClient<T>(this IServiceCollection services, JumpCloudOptions options, string? route, Action<IHttpClientBuilder>? outermost = null)
        where T : class
    {
        var client = services.AddRefitGeneratedClient<T>(Refit, typeof(T).Name).ConfigureHttpClient(http =>
        {
            http.BaseAddress = new(options.BaseUrl);
            http.DefaultRequestHeaders.Add("User-Agent", $"Prestage/{ProgramVersion.Text}");

            // The pipeline's time limits are the only ones.
            http.Timeout = Timeout.InfiniteTimeSpan;
        });

        // They would write addresses with ids.
        client.RemoveAllLoggers();
        client.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = DecompressionMethods.All,

            // A trace goes on at home only.
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        });

        // Connections are renewed by their lifetime; the handlers stay.
        client.SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        outermost?.Invoke(client);
        client.AddHttpMessageHandler(provider => new DirectoryCallHandler(provider.GetRequiredService<TimeProvider>(), route));
        client.AddResilienceHandler("directory", (builder, context) => context.ServiceProvider.GetRequiredService<DirectoryResilience>().Configure(builder));
        client.AddHttpMessageHandler(() => new DirectoryTryHandler());
    }
}
