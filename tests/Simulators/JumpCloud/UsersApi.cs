using System.Text.Json;

namespace Prestage.Simulators.JumpCloud;

/// <summary>People: search, read, and the state actions (V1 <c>/api/systemusers</c>).</summary>
internal static class UsersApi
{
    /// <summary>POST /api/search/systemusers. <c>x-eventually-consistent: false</c> reads what was written last.</summary>
    public static Answer SearchUsers(ApiCall call) =>
        Search.Run(call, (call.Headers["x-eventually-consistent"] == "false" ? call.Tenant.Now : call.Tenant.Read()).Users.Values.Select(row => row.Document));

    /// <summary>GET /api/systemusers.</summary>
    public static Answer List(ApiCall call) => Search.List(call, call.Tenant.Read().Users.Values.Select(row => row.Document));

    /// <summary>GET /api/systemusers/{id}.</summary>
    public static Answer Get(ApiCall call) =>
        Answer.Ok(Search.Project(call.User(call.Tenant.Read(), call.Id()).Document, Search.FieldsOf(call)));

    /// <summary>POST …/state/activate: STAGED becomes ACTIVATED; nobody gets a mail here.</summary>
    public static Answer Activate(ApiCall call)
    {
        if (call.Member("email").ValueKind is not (JsonValueKind.Undefined or JsonValueKind.True or JsonValueKind.False or JsonValueKind.String))
        {
            throw new ApiRefusal(400, "email must be a boolean or an address");
        }

        return Change(call, user => user.State switch
        {
            "STAGED" => user with { State = "ACTIVATED" },
            "ACTIVATED" when !call.Options.ActivateAgainConflicts => user,
            _ => throw new ApiRefusal(409, $"User is {user.State}"),
        });
    }

    /// <summary>POST …/unlock; an expired password stays expired.</summary>
    public static Answer Unlock(ApiCall call) => Change(call, user => user with { AccountLocked = false, AccountLockedDate = null });

    /// <summary>POST …/expire.</summary>
    public static Answer Expire(ApiCall call) => Change(call, user => user with { PasswordExpired = true });

    private static Answer Change(ApiCall call, Func<TenantUser, TenantUser> change)
    {
        var id = call.Id();
        call.Tenant.Write(before => before.With(change(call.User(before, id).User)));
        return Answer.Done;
    }
}
