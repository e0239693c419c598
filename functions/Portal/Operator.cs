using Prestage.Functions.Enrollments;

namespace Prestage.Functions.Portal;

/// <summary>Who calls the portal's API.</summary>
/// <param name="Name">For events: the actor.</param>
/// <param name="MayRead">Role <c>Prestage.Reader</c> or <c>Prestage.Operator</c>.</param>
/// <param name="MayChange">Role <c>Prestage.Operator</c>.</param>
internal sealed record Operator(string Name, bool MayRead, bool MayChange)
{
    private static readonly string[] Reserved = [EnrollmentEvent.Mac, EnrollmentEvent.Backend];

    /// <summary>The actor of the operator's events. A log line shows nothing but it, so a name that reads as the Mac or the program is marked.</summary>
    public string Name { get; } = Reserved.Contains(Name, StringComparer.OrdinalIgnoreCase) ? $"operator:{Name}" : Name;

    /// <summary>The operator whom <see cref="PortalGate"/> let in.</summary>
    public static Operator Of(HttpContext context) =>
        context.Features.Get<Operator>() ?? throw new InvalidOperationException("The route is not behind the portal's gate.");

    /// <summary>The event of an action of this operator.</summary>
    public EnrollmentEvent Did(DateTimeOffset at, string code, string? detail = null) => new(at, Name, code, detail) { By = ActorKind.Operator };
}
