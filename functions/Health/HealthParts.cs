using Prestage.Functions.Hosting;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Vault;

namespace Prestage.Functions.Health;

/// <summary>What the picture of the dependencies is made by.</summary>
internal static class HealthParts
{
    /// <summary>Adds it, but for the check of the storage, whose clients are made elsewhere.</summary>
    public static void AddHealth(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<DependencyBoard>();
        services.AddSingleton<GroupsInOrder>();
        services.AddSingleton<DirectoryProbe>();
        services.AddSingleton<IDependencyCheck, DirectoryCheck>();
        services.AddSingleton<IDependencyCheck>(provider => new SecretsCheck(
            provider.GetRequiredService<ISecretSource>(), settings.Vault, NeededSecret.Of(settings.JumpCloud.Auth, settings.Device.Trust),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<HealthWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<HealthWatch>());
    }
}
