using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Hosting;
using Prestage.Functions.Problems;
using Prestage.Wire;

namespace Prestage.Functions.Mac.Activate;

/// <summary>Sets the verified person's password in JumpCloud. It may be repeated until the binding is begun.</summary>
internal sealed class ActivateFunction(TokenGate gate, EventBudget budget, PasswordSetting passwords)
{
    [Function("Activate")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/activate")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var call = await Call.ReadAsync(request, WireJson.Default.ActivateRequest, cancellationToken);
        if ((call.Problem ?? Fields.Password("password", call.Body!.Password)) is { } invalid)
        {
            return invalid;
        }

        var (read, refused) = await gate.AuthorizeAsync(request, cancellationToken);
        if (read is null)
        {
            return refused!;
        }

        if (!read.PasswordRequired || !EnrollmentMoves.IsBeforeBinding(read.State))
        {
            return EnrollmentMoves.WrongState(read);
        }

        if (!budget.TryTakePassword(read.SystemId))
        {
            return Problem.BudgetUsedUp(budget.UntilNextHour);
        }

        return await passwords.SetAsync(read, call.Body!.Password!, cancellationToken);
    }
}
