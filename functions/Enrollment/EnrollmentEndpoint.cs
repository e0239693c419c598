using Prestage.Functions.Enrollments;
using Prestage.Wire;

namespace Prestage.Functions.Enrollment;

/// <summary>Tells the Mac where its enrollment stands.</summary>
internal static class EnrollmentEndpoint
{
    public static void MapEnrollment(this IEndpointRouteBuilder routes) => routes.MapGet("/api/enrollment", HandleAsync);

    internal static async Task<IResult> HandleAsync(HttpRequest request, TokenGate gate, CancellationToken cancellationToken)
    {
        var (read, refused) = await gate.AuthorizeEndedTooAsync(request, cancellationToken);
        return read is null
            ? refused!
            : TypedResults.Ok(new EnrollmentResponse(
                read.Id.ToString(), read.State, EnrollmentMoves.Next(read.State, read.PasswordRequired), read.Account, read.Warnings, read.UpdatedAt));
    }
}
