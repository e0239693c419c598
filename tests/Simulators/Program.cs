using Prestage.Simulators;
using Prestage.Simulators.Bench;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.FunctionsHost.Worker;
using Prestage.Simulators.JumpCloud;
using Prestage.Simulators.KeyVault;
using Prestage.Simulators.Mac;
using Prestage.Simulators.Pictures;
using Prestage.Simulators.Sandbox;

return args switch
{
    ["bench-start", .. var rest] => await BackendBenchVerb.RunAsync(rest),
    ["bench-shim", .. var rest] => await ShimBenchVerb.RunAsync(rest),
    [BoundProcess.GuardVerb, .. var rest] => await GuardVerb.RunAsync(rest),
    ["host", .. var rest] => await HostVerb.RunAsync(rest),
    ["jumpcloud", .. var rest] => await JumpCloudVerb.RunAsync(rest),
    ["mac", .. var rest] => await MacVerb.RunAsync(rest, CancellationToken.None),
    ["pictures", .. var rest] => await PicturesVerb.RunAsync(rest, CancellationToken.None),
    ["sandbox", .. var rest] => await SandboxVerb.RunAsync(rest),
    ["vault", .. var rest] => await VaultVerb.RunAsync(rest),
    _ => await Usage.ShowAsync(),
};
