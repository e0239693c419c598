using Prestage.Shim.Commands;
using Prestage.Shim.Mac;

return await CommandLine.RunAsync(args, MacPaths.FromEnvironment(), TimeProvider.System);
