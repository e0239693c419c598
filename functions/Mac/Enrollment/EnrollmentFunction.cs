using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Enrollments;
using Prestage.Wire;

namespace Prestage.Functions.Mac.Enrollment;

/// <summary>Tells the Mac where its enrollment stands.</summary>
internal sealed class EnrollmentFunction(TokenGate gate)
{
    [Function("Enrollment")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/enrollment")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var (read, refused) = await gate.AuthorizeEndedTooAsync(request, cancellationToken);
        return read is null
            ? refused!
            : TypedResults.Ok(new EnrollmentResponse(
                read.Id.ToString(), read.State, EnrollmentMoves.Next(read.State, read.PasswordRequired), read.Account, read.Warnings, read.UpdatedAt));
    }
}
