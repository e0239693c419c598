using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.JumpCloud;

/// <summary>PUT /api/systemusers/{id}: a sparse update, and the way a password is set.</summary>
internal static class UserUpdate
{
    private static readonly FrozenSet<string> Writable = new[]
    {
        "username", "systemUsername", "email", "alternateEmail", "firstname", "middlename", "lastname", "displayname", "description",
        "employeeIdentifier", "department", "company", "state", "suspended", "account_locked", "password_never_expires", "sudo", "passwordless_sudo",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Updates one person and answers them.</summary>
    public static Answer Put(ApiCall call)
    {
        var id = call.Id();
        if (call.Body.ValueKind != JsonValueKind.Object)
        {
            throw new ApiRefusal(400, "Bad Request: body must be an object");
        }

        var changes = SearchFilter.LastOfEach(call.Body);
        var after = call.Tenant.Write(before =>
        {
            var user = Merge(call.User(before, id).User, changes);
            if (user.EmployeeIdentifier is { Length: > 0 } number
                && before.Users.Values.Any(other => other.User.Id != id && other.User.EmployeeIdentifier == number))
            {
                throw new ApiRefusal(400, "employeeIdentifier must be unique");
            }

            return before.With(changes.TryGetValue("password", out var password) ? WithPassword(call, user, password) : user);
        });
        return Answer.Ok(Search.Project(after.Users[id].Document, []));
    }

    private static TenantUser Merge(TenantUser user, Dictionary<string, JsonElement> changes)
    {
        var state = changes.TryGetValue("state", out var asked) ? asked.ToString() : null;
        if (state is not (null or "ACTIVATED" or "SUSPENDED"))
        {
            throw new ApiRefusal(400, "state must be one of ACTIVATED, SUSPENDED");
        }

        if (state is not null && changes.TryGetValue("suspended", out var suspended) && suspended.ValueKind == JsonValueKind.True != (state == "SUSPENDED"))
        {
            throw new ApiRefusal(400, "state and suspended do not agree");
        }

        try
        {
            var merged = TenantJson.Default.TenantUser.With(user, changes.Where(change => Writable.Contains(change.Key))) with { Passwords = user.Passwords };
            return state is not null ? merged with { Suspended = state == "SUSPENDED" }
                : !changes.ContainsKey("suspended") ? merged
                : merged.Suspended ? merged with { State = "SUSPENDED" }
                : merged.State == "SUSPENDED" ? merged with { State = "ACTIVATED" } : merged;
        }
        catch (JsonException)
        {
            throw new ApiRefusal(400, "Bad Request: a field has the wrong type");
        }
    }

    private static TenantUser WithPassword(ApiCall call, TenantUser user, JsonElement asked)
    {
        var password = asked.ValueKind == JsonValueKind.String ? asked.GetString()! : throw new ApiRefusal(400, "password must be a string");
        if (user.DelegatedAuthority is not null || user.RestrictedFields.Any(field => field.Field == "password"))
        {
            throw new ApiRefusal(400, "password is managed by another directory");
        }

        if (password.Length == 0)
        {
            return call.Options.EmptyPasswordIgnored ? user : throw new ApiRefusal(400, "password is not allowed to be empty");
        }

        var now = call.Options.Clock.GetUtcNow();
        var violations = PasswordRules.Check(password, user, call.Tenant.PolicyFor(user.Id), now)
            .Select(violation => violation with { Code = call.Options.ViolationCodes.GetValueOrDefault(violation.Code, violation.Code) }).ToList();
        if (violations.Count > 0)
        {
            throw new ApiRefusal(Refusal(violations, full: call.Query["fullValidationDetails"] == "password"));
        }

        return user with
        {
            Passwords = user.Passwords.Insert(0, PasswordHash.Of(password, call.Options.PasswordIterations)),
            Activated = true,
            PasswordDate = call.Tenant.Timestamp(),
            PasswordExpired = false,
            State = call.Options.PasswordActivatesState && user.State == "STAGED" ? "ACTIVATED" : user.State,
        };
    }

    // The shapes are published for the parameter fullValidationDetails; without it there is one sentence.
    private static Answer Refusal(List<PasswordViolation> violations, bool full) => !full ? Answer.Refusal(400, violations[0].Message) : new(400, new JsonObject
    {
        ["code"] = 400,
        ["message"] = "Password validation fail",
        ["status"] = "INVALID_ARGUMENT",
        ["details"] = new JsonArray(new JsonObject
        {
            ["fieldViolationsList"] = new JsonArray([.. violations.Select(violation =>
                new JsonObject { ["field"] = "password", ["description"] = violation.Code })]),
            ["@type"] = "type.googleapis.com/google.rpc.BadRequest",
        }),
    });
}
