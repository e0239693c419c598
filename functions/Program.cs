using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Logging.Console;
using Prestage.Functions;
using Prestage.Functions.Hosting;
using Prestage.Functions.Telemetry;

var builder = FunctionsApplication.CreateBuilder(args);

// Settings come from the environment alone.
builder.Configuration.AddEnvironmentVariables();
var settings = Settings.Read(builder.Configuration, out var problems);
foreach (var problem in problems)
{
    await Console.Error.WriteLineAsync($"Setting {problem}");
}

if (problems.Count > 0)
{
    StartFailures.Export(settings.OpenTelemetry, builder.Configuration, problems);

    // Not 0: the Functions host takes 0 for a program that has done its work, and waits for it without end.
    return 2;
}

// One JSON object a line, on stdout only: the Functions host takes lines of stderr for warnings or errors.
builder.Logging.AddJsonConsole(options =>
{
    options.UseUtcTimestamp = true;
    options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
});
if (settings.OpenTelemetry.IsOn)
{
    // What is exported is not written a second time; that it cannot be exported is.
    builder.Logging.AddFilter<ConsoleLoggerProvider>((category, _) => category == typeof(ExportFailures).FullName);
}

using var app = Composition.Build(builder, settings, TimeProvider.System);
var work = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
await app.RunAsync();

// A background service that fails ends the program as if all were done (before .NET 11): the Functions host would leave it at that.
return work.Any(service => service.ExecuteTask is { IsFaulted: true }) ? 1 : 0;
