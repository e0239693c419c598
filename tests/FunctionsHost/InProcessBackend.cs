using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prestage.Functions;
using Prestage.Functions.Hosting;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.FunctionsHost.Worker;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.FunctionsHost;

/// <summary>The whole backend in this process below the local Functions host. A query parameter replaces what its functions do.</summary>
internal sealed class InProcessBackend : IAsyncDisposable
{
    private LocalFunctionsHost? host;
    private HttpClient? http;

    public LocalFunctionsHost Host => host!;

    public HttpClient Http => http!;

    public LogCapture Log { get; } = new();

    public ReplacedFunctions Replaced { get; } = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts it with a storage account of its own; no timer fires.</summary>
    public static async Task<InProcessBackend> StartAsync(
        Func<LocalFunctionsHostOptions, LocalFunctionsHostOptions> with, params (string Name, string? Value)[] settings)
    {
        var backend = new InProcessBackend();
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["AzureWebJobsStorage"] = await AzuriteFixture.NewAccountAsync(),
            ["AzureWebJobs.Reconcile.Disabled"] = "true",
            ["JumpCloud:OrgId"] = new('a', 24),
            ["JumpCloud:ApiKey"] = "key",
            ["Hosting:WatchEvery"] = "00:00:00",
        };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        // The worker's assembly is the one that this process has loaded already, not that of the worker's own folder.
        var options = new LocalFunctionsHostOptions(AppContext.BaseDirectory, all) { Launcher = new InProcessWorkerLauncher(backend.Build) };
        backend.host = await LocalFunctionsHost.StartAsync(with(options), Cancel);
        backend.http = new() { BaseAddress = backend.Host.BaseUrl };
        return backend;
    }

    /// <summary>Waits until the backend has logged a line with this text.</summary>
    public Task LoggedAsync(string text) => Host.UntilAsync(() => Log.Lines.Any(line => line.Contains(text, StringComparison.Ordinal)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        http?.Dispose();
        if (host is not null)
        {
            await host.DisposeAsync();
        }
    }

    private IHost Build(WorkerStart start)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(start.Settings).AddInMemoryCollection(start.Configuration);
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Listen(IPAddress.Loopback, 0));

        // The generated one registers itself where the backend is the process's program.
        builder.Services.AddSingleton<IFunctionMetadataProvider, GeneratedFunctionMetadataProvider>();
        builder.Services.AddSingleton<IFunctionExecutor>(
            services => Replaced.Around(ActivatorUtilities.CreateInstance<DirectFunctionExecutor>(services)));
        var settings = Settings.Read(builder.Configuration, out var problems);
        Assert.Empty(problems);
        return Composition.Build(builder, settings, TimeProvider.System);
    }
}
