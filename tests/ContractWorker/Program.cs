using Microsoft.Azure.Functions.Worker.Builder;
using Prestage.ContractWorker;
using Microsoft.Extensions.Hosting;

// What ends a start: a setting names the exit code.
if (Environment.GetEnvironmentVariable("CONTRACT_EXIT_AT_START") is { Length: > 0 } code)
{
    await Console.Error.WriteLineAsync("Setting CONTRACT_EXIT_AT_START: must be empty.");
    return int.Parse(code, System.Globalization.CultureInfo.InvariantCulture);
}

await ContractApplication.Build(FunctionsApplication.CreateBuilder(args)).RunAsync();
return 0;
