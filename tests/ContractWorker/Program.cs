using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

// What ends a start: a setting names the exit code.
if (Environment.GetEnvironmentVariable("CONTRACT_EXIT_AT_START") is { Length: > 0 } code)
{
    await Console.Error.WriteLineAsync("Setting CONTRACT_EXIT_AT_START: must be empty.");
    return int.Parse(code, System.Globalization.CultureInfo.InvariantCulture);
}

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
await builder.Build().RunAsync();
return 0;
