using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;

namespace Prestage.Functions.Hosting.Pipeline;

/// <summary>What stands around every function of the worker, in this order.</summary>
internal static class CallPipeline
{
    /// <summary>How long what runs may take to end when the program stops: less than the Functions host waits before it kills.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(4);

    /// <summary>Adds it, after <c>ConfigureFunctionsWebApplication</c>: only then is the HTTP call known here. What comes later is inside.</summary>
    public static FunctionsApplicationBuilder UseCallPipeline(this FunctionsApplicationBuilder builder)
    {
        builder.UseMiddleware<RunningInvocationsMiddleware>();
        builder.UseWhen<CallRecordMiddleware>(IsCall);
        builder.UseWhen<CallLimitMiddleware>(IsCall);
        builder.UseWhen<ProblemMiddleware>(IsCall);
        builder.UseWhen<ResultMiddleware>(IsCall);
        builder.UseWhen<BackgroundRunMiddleware>(context => !IsCall(context));
        builder.UseMiddleware<FunctionExceptionMiddleware>();
        builder.Services.AddSingleton<CallFailures>();
        builder.Services.AddSingleton<RunningInvocations>();

        // Hosted services stop in the opposite order: this one while the worker still talks to the host, and answers calls.
        builder.Services.AddHostedService(services => services.GetRequiredService<RunningInvocations>());
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopLimit);
        RemoveDataProtection(builder.Services);
        return builder;
    }

    private static bool IsCall(FunctionContext context) => context.GetHttpContext() is not null;

    // MVC brings it in: it would make and write a key at every start, which nothing here uses.
    private static void RemoveDataProtection(IServiceCollection services)
    {
        foreach (var service in services.Where(service => service.ImplementationType?.Name == "DataProtectionHostedService").ToList())
        {
            services.Remove(service);
        }
    }
}
