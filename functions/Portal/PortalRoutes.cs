using Prestage.Functions.Health;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>The routes below <c>/api/portal</c>, all behind the one gate. For the Functions host they are one function.</summary>
internal static class PortalRoutes
{
    /// <summary>Adds what the routes need.</summary>
    public static IServiceCollection AddPortal(this IServiceCollection services, PortalOptions options, bool hostAbove) => services
        .AddSingleton(options)
        .AddSingleton(new SameOrigin(hostAbove))
        .AddSingleton<PortalGate>()
        .AddSingleton<EnrollmentSearch>()
        .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, PortalJson.Default));

    public static void MapPortal(this IEndpointRouteBuilder routes)
    {
        var portal = routes.MapGroup("/api/portal");
        portal.AddEndpointFilterFactory((_, next) => context =>
            context.HttpContext.RequestServices.GetRequiredService<PortalGate>().InvokeAsync(context, next));
        portal.MapPortalHealth();
        portal.MapListEnrollments();
        portal.MapExportEnrollments();
        portal.MapSummary();
        portal.MapEnrollmentPage();
        portal.MapRetryEnrollment();
        portal.MapCancelEnrollment();
        portal.MapDevicePage();
        portal.MapReleaseDevice();
        portal.MapReleaseAttempts();
        portal.MapCreatePasscode();
        portal.MapPasscodePage();
        portal.MapAttemptsPage();

        // Behind the gate too: a stranger learns nothing of which routes there are.
        portal.MapGet("/{*path}", NoSuchRoute);
        portal.MapPost("/{*path}", NoSuchRoute);
    }

    private static Problem NoSuchRoute() => Problem.NotFound("There is no such route.");
}
