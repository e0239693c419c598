using Microsoft.Extensions.Logging.Console;
using Prestage.Functions;
using Prestage.Functions.Hosting;
using Prestage.Functions.Telemetry;

// Settings come from the environment alone: no file is looked for, read or watched (docs/decisions, start time).
var builder = WebApplication.CreateEmptyBuilder(new() { Args = args });
builder.Configuration.AddEnvironmentVariables().AddCommandLine(args);
builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
var settings = Settings.Read(builder.Configuration, out var problems);
foreach (var problem in problems)
{
    await Console.Error.WriteLineAsync($"Setting {problem}");
}

if (problems.Count > 0)
{
    StartFailures.Export(settings.OpenTelemetry, builder.Configuration, problems);

    // Not 0: the Functions host takes 0 for a program that has done its work (docs/decisions, custom handler).
    return 2;
}

// One JSON object a line, on stdout only: the Functions host takes each line of stderr for an error.
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

await using var app = Composition.Build(builder, settings, TimeProvider.System);
var work = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
await app.RunAsync();

// A background service that fails ends the program as if all were done (before .NET 11): the Functions host would leave it at that.
return work.Any(service => service.ExecuteTask is { IsFaulted: true }) ? 1 : 0;
