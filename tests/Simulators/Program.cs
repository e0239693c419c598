using Prestage.Simulators;
using Prestage.Simulators.JumpCloud;
using Prestage.Simulators.KeyVault;

return args switch
{
    ["jumpcloud", .. var rest] => await JumpCloudVerb.RunAsync(rest),
    ["vault", .. var rest] => await VaultVerb.RunAsync(rest),
    _ => await Usage.ShowAsync(),
};
