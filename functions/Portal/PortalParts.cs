namespace Prestage.Functions.Portal;

/// <summary>What the functions below <c>/api/portal</c> share. All are behind <see cref="PortalGate"/>.</summary>
internal static class PortalParts
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddPortal(this IServiceCollection services, PortalOptions options) => services
        .AddSingleton(options)
        .AddSingleton<EnrollmentSearch>()
        .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, PortalJson.Default));
}
