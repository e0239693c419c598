namespace Prestage.Simulators.JumpCloud;

/// <summary>Lets a caller in, or says which refusal it gets.</summary>
/// <param name="SystemId">The system that signed; null for an administrator's key or a service account.</param>
internal sealed record Caller(string? SystemId);

/// <summary>Authentication of the API routes.</summary>
internal sealed class Gate(SimulatedJumpCloudOptions options, Credentials credentials, Tenant tenant)
{
    // The official SDK strips x-org-id on these ("several endpoints do not accept x-org-id as a header").
    private static readonly string[] WithoutOrgHeader =
        ["/api/search/organizations", "/api/organizations", "/api/users", "/api/v2/organizations", "/api/v2/administrators", "/api/v2/providers"];

    /// <summary>Who calls.</summary>
    /// <exception cref="ApiRefusal">The caller is not let in.</exception>
    public Caller Admit(HttpContext context, SignedUse use)
    {
        var request = context.Request;
        var path = request.Path.Value!;

        // A key is looked at first, whatever else is there: a relay that sends one proves nothing about the signature beside it.
        if (request.Headers.TryGetValue("x-api-key", out var key))
        {
            return credentials.IsApiKey(key.ToString()) ? CheckOrganization(request, path) : throw new ApiRefusal(Answer.KeyRefused());
        }

        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.Ordinal) && credentials.IsToken(authorization["Bearer ".Length..]))
        {
            return CheckOrganization(request, path);
        }

        if (use != SignedUse.None && authorization.StartsWith("Signature ", StringComparison.Ordinal)
            && SystemContext.Verify(context, tenant.Now, options) is { } systemId
            && (use != SignedUse.OwnSystem || (string?)request.RouteValues["id"] == systemId))
        {
            return new Caller(systemId);
        }

        throw new ApiRefusal(Answer.Unauthorized(path));
    }

    private Caller CheckOrganization(HttpRequest request, string path)
    {
        var without = WithoutOrgHeader.Any(prefix => path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
        var orgId = request.Headers.TryGetValue("x-org-id", out var header) ? header.ToString() : null;
        if (orgId is null)
        {
            return options.MultiTenant && !without
                ? throw new ApiRefusal(401, "Unauthorized: no organization selected") : new Caller((string?)null);
        }

        if (!ApiCall.IsId(orgId))
        {
            throw new ApiRefusal(400, "Bad Request: x-org-id is malformed");
        }

        if (without && options.OrgHeaderRefused)
        {
            throw new ApiRefusal(403, "Forbidden: x-org-id is not accepted here");
        }

        if (request.RouteValues["orgId"] is string inPath && inPath != orgId)
        {
            throw new ApiRefusal(400, "Bad Request: x-org-id does not match the path");
        }

        return orgId == options.OrgId ? new Caller((string?)null) : throw new ApiRefusal(404, "Organization not found");
    }
}
