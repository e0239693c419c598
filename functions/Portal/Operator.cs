namespace Prestage.Functions.Portal;

/// <summary>Who calls the portal's API.</summary>
/// <param name="Name">For events: the actor.</param>
/// <param name="MayRead">Role <c>Prestage.Reader</c> or <c>Prestage.Operator</c>.</param>
/// <param name="MayChange">Role <c>Prestage.Operator</c>.</param>
internal sealed record Operator(string Name, bool MayRead, bool MayChange)
{
    /// <summary>The operator whom <see cref="PortalGate"/> let in.</summary>
    public static Operator Of(HttpContext context) =>
        context.Features.Get<Operator>() ?? throw new InvalidOperationException("The route is not behind the portal's gate.");
}
