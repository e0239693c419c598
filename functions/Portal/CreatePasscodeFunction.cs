using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Devices;
using Prestage.Functions.Hosting;
using Prestage.Functions.Identity;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Passcodes;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>POST /api/portal/passcodes: a one-time code for a person.</summary>
/// <param name="UserId">JumpCloud's id of the person; or</param>
/// <param name="Identifier">what the person will type. One of the two.</param>
/// <param name="SerialNumber">The only Mac that it is to be good for.</param>
/// <param name="ExpiresInHours">1 to 336; 72 where absent.</param>
internal sealed record CreatePasscodeRequest(string? UserId, string? Identifier, string? SerialNumber, int? ExpiresInHours);

/// <summary>201: the passcode, told this once.</summary>
internal sealed record PasscodeCreated(Secret Passcode, DateTimeOffset ExpiresAt);

/// <summary>Makes a passcode; the person's earlier one is dead.</summary>
internal sealed partial class CreatePasscodeFunction(
    IJumpCloud jumpCloud, PasscodeRows passcodes, DeviceRows events, IdentityOptions identity, TimeProvider clock,
    ILogger<CreatePasscodeFunction> log)
{
    private const int DefaultHours = 72;
    private const int MostHours = 14 * 24;

    [Function("CreatePasscode")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/portal/passcodes")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var call = await Call.ReadAsync(request, PortalJson.Default.CreatePasscodeRequest, cancellationToken);
        if ((call.Problem ?? Check(call.Body!)) is { } invalid)
        {
            return invalid;
        }

        if (identity.Proof != IdentityProof.Passcode)
        {
            return Problem.WrongState("People do not prove themselves with passcodes here: the setting Identity__Proof says so.");
        }

        var body = call.Body!;
        if (await FindAsync(body, jumpCloud, identity, cancellationToken) is not { } userId)
        {
            return Problem.NotFound("JumpCloud does not have exactly one such person.");
        }

        var (now, maker, passcode) = (clock.GetUtcNow(), Operator.Of(request.HttpContext), PasscodeText.Create());
        var row = new PasscodeRow
        {
            UserId = userId,
            Hash = PasscodeHash.Of(passcode),
            ExpiresAt = now.AddHours(body.ExpiresInHours ?? DefaultHours),
            CreatedBy = maker.Name,
            SerialNumber = string.IsNullOrWhiteSpace(body.SerialNumber) ? null : body.SerialNumber.Trim(),
        };

        // The event first, whoever hangs up: there is no passcode that nobody made.
        var detail = row.SerialNumber is null ? $"Expires {row.ExpiresAt:u}." : $"Expires {row.ExpiresAt:u}; for the Mac {row.SerialNumber}.";
        await events.AppendAsync(DeviceRows.SubjectOf(userId), maker.Did(now, "passcode-created", detail), CancellationToken.None);
        await passcodes.PutAsync(row, CancellationToken.None);
        Log.Created(log, userId, maker.Name);
        return TypedResults.Json(new PasscodeCreated(passcode, row.ExpiresAt), PortalJson.Default.PasscodeCreated, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<string?> FindAsync(
        CreatePasscodeRequest body, IJumpCloud jumpCloud, IdentityOptions identity, CancellationToken cancellationToken)
    {
        if (body.UserId is { } id)
        {
            return (await jumpCloud.FindUserAsync(id, cancellationToken))?.Id == id ? id : null;
        }

        var identifier = Identifier.From(identity.Identifier, body.Identifier!);
        return await jumpCloud.SearchUsersAsync(identifier.FieldName, identifier.Text, cancellationToken) is [var user] && PersonVerifier.Matches(user, identifier)
            ? user.Id
            : null;
    }

    private static Problem? Check(CreatePasscodeRequest body) => body switch
    {
        { UserId: null, Identifier: null } or { UserId: not null, Identifier: not null } => Problem.InvalidRequest("userId", "give either it or identifier."),
        { UserId: { } id } when !DeviceProof.IsSystemId(id) => Problem.InvalidRequest("userId", "must be 24 lower-case hexadecimal digits."),
        { ExpiresInHours: < 1 or > MostHours } => Problem.InvalidRequest("expiresInHours", $"must be 1 to {MostHours}."),
        _ => (body.Identifier is null ? null : Fields.Text("identifier", body.Identifier, Identifier.Longest))
            ?? Fields.OptionalText("serialNumber", body.SerialNumber, 64),
    };

    private static partial class Log
    {
        [LoggerMessage(6103, LogLevel.Information, "Portal: a passcode for user {UserId} was made by {Name}")]
        public static partial void Created(ILogger log, string userId, string name);
    }
}
