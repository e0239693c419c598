using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Serialization.Metadata;

namespace Prestage.Functions.JumpCloud;

/// <summary>JumpCloud's console API, V1 and V2, over <see cref="DirectoryTransport"/>.</summary>
internal sealed class JumpCloudClient(DirectoryTransport transport, JumpCloudOptions options) : IJumpCloud
{
    private const int PageSize = 100;

    // 10,000 groups of one Mac, or people bound to it, are more than any organization has.
    private const int MostPages = 100;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SystemUser>> SearchUsersAsync(string field, string value, CancellationToken cancellationToken)
    {
        var search = new UserSearch([new() { [field] = new(Exactly(value)) }], SystemUser.Fields, 2, 0, "_id");
        var found = await transport.ReadAsync(
            new("POST /api/search/systemusers", HttpMethod.Post, "/api/search/systemusers")
            {
                Repeatable = true,
                Content = DirectoryRequest.Json(search, JumpCloudJson.Default.UserSearch),
                Consistent = true,
            },
            JumpCloudJson.Default.UserSearchResult,
            cancellationToken);
        return found?.Results ?? throw new DirectoryException(DirectoryFailure.Busy, "POST /api/search/systemusers", null);
    }

    /// <inheritdoc/>
    public Task<SystemUser?> FindUserAsync(string userId, CancellationToken cancellationToken) => transport.ReadAsync(
        DirectoryRequest.Get("GET /api/systemusers/{id}", $"/api/systemusers/{userId}"), JumpCloudJson.Default.SystemUser, cancellationToken);

    /// <inheritdoc/>
    public async Task<PolicyFields> GetPasswordPolicyAsync(string userId, CancellationToken cancellationToken)
    {
        var effective = await transport.ReadAsync(
            DirectoryRequest.Get("GET /api/v2/passwordpolicies/user/{id}", $"/api/v2/passwordpolicies/user/{userId}"),
            JumpCloudJson.Default.PolicyEnvelope,
            cancellationToken);
        if (effective?.Policy is { } policy)
        {
            return policy;
        }

        var organization = await transport.ReadAsync(
            DirectoryRequest.Get("GET /api/organizations/{id}", $"/api/organizations/{options.OrgId}") with { NamesOrganization = false },
            JumpCloudJson.Default.Organization,
            cancellationToken);
        var settings = organization?.Settings;
        return settings is { PasswordCompliance: "custom", PasswordPolicy: { } own } ? own : new(null, null, null, null, null, null, null);
    }

    /// <inheritdoc/>
    public async Task<PasswordOutcome> SetPasswordAsync(string userId, Secret password, CancellationToken cancellationToken)
    {
        const string Route = "PUT /api/systemusers/{id}";
        var body = DirectoryRequest.Json(new SetPasswordBody(password), JumpCloudJson.Default.SetPasswordBody);
        try
        {
            var reply = await transport.SendAsync(
                new(Route, HttpMethod.Put, $"/api/systemusers/{userId}?fullValidationDetails=password") { Content = body }, cancellationToken);
            // Few of the codes are published: a refusal that names none is one of this password all the same.
            if (reply.Status == HttpStatusCode.BadRequest)
            {
                return new(null, PasswordViolations.Read(reply.Body) is { Count: > 0 } violations ? violations : [PasswordViolations.Unknown]);
            }

            // 403 to a password is about this person (held elsewhere, an administrator above our role), not about our key; a page is a gateway's.
            if (reply.Status == HttpStatusCode.Forbidden && !reply.Body.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("<"u8))
            {
                throw new DirectoryException(DirectoryFailure.Refused, Route, 403);
            }

            return new(DirectoryTransport.Parse(Route, DirectoryTransport.Succeeded(Route, reply), JumpCloudJson.Default.SystemUser), []);
        }
        finally
        {
            Array.Clear(body);
        }
    }

    /// <inheritdoc/>
    public Task ActivateUserAsync(string userId, CancellationToken cancellationToken) => transport.WriteAsync(
        new("POST /api/systemusers/{id}/state/activate", HttpMethod.Post, $"/api/systemusers/{userId}/state/activate")
        {
            Content = DirectoryRequest.Json(new ActivateBody(false), JumpCloudJson.Default.ActivateBody),
            Repeatable = true,
        },
        HttpStatusCode.Conflict,
        cancellationToken);

    /// <inheritdoc/>
    public Task<SystemRecord?> FindSystemAsync(string systemId, CancellationToken cancellationToken) => transport.ReadAsync(
        DirectoryRequest.Get("GET /api/systems/{id}", $"/api/systems/{systemId}"), JumpCloudJson.Default.SystemRecord, cancellationToken);

    /// <inheritdoc/>
    public Task AddBindingAsync(string systemId, string userId, bool admin, CancellationToken cancellationToken) =>
        AssociateAsync("add", systemId, userId, admin, HttpStatusCode.Conflict, cancellationToken);

    /// <inheritdoc/>
    public Task UpdateBindingAsync(string systemId, string userId, bool admin, CancellationToken cancellationToken) =>
        AssociateAsync("update", systemId, userId, admin, null, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> GetBoundUsersAsync(string systemId, CancellationToken cancellationToken) =>
        await EdgesAsync(systemId, mustExist: true, cancellationToken).Select(edge => edge.To!.Id!).ToHashSetAsync(StringComparer.Ordinal, cancellationToken);

    /// <inheritdoc/>
    public async Task<Binding?> FindBindingAsync(string systemId, string userId, CancellationToken cancellationToken) =>
        await EdgesAsync(systemId, mustExist: false, cancellationToken).FirstOrDefaultAsync(edge => edge.To!.Id == userId, cancellationToken) is { } found
            ? new(userId, (found.Attributes ?? found.To!.Attributes)?.Sudo?.Enabled == true)
            : null;

    /// <inheritdoc/>
    public Task AddToGroupAsync(string groupId, string systemId, CancellationToken cancellationToken) =>
        ChangeGroupAsync("add", groupId, systemId, HttpStatusCode.Conflict, cancellationToken);

    /// <inheritdoc/>
    public Task RemoveFromGroupAsync(string groupId, string systemId, CancellationToken cancellationToken) =>
        ChangeGroupAsync("remove", groupId, systemId, HttpStatusCode.NotFound, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> GetGroupsAsync(string systemId, CancellationToken cancellationToken) =>
        await ListAsync(
            "GET /api/v2/systems/{id}/memberof", $"/api/v2/systems/{systemId}/memberof?", JumpCloudJson.Default.IReadOnlyListMemberOfEdge,
            edge => edge.Id, mustExist: false, cancellationToken)
        .Select(edge => edge.Id).OfType<string>().ToHashSetAsync(StringComparer.Ordinal, cancellationToken);

    // Equality of JumpCloud's search is case-sensitive (B1 filter text). Every character that could mean something in a pattern is
    // escaped; our own comparison afterwards decides.
    private static string Exactly(string value)
    {
        var pattern = new StringBuilder("(?i)^");
        foreach (var c in value)
        {
            // An escaped underscore is an error to some engines, and a bare one is special to none.
            if (char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                pattern.Append('\\');
            }

            pattern.Append(c);
        }

        return pattern.Append('$').ToString();
    }

    // The direct bindings of people. Where "nobody" would open something, a missing system is no answer.
    private IAsyncEnumerable<AssociationEdge> EdgesAsync(string systemId, bool mustExist, CancellationToken cancellationToken) =>
        ListAsync(
            "GET /api/v2/systems/{id}/associations", $"/api/v2/systems/{systemId}/associations?targets=user&",
            JumpCloudJson.Default.IReadOnlyListAssociationEdge, edge => edge.To?.Id, mustExist, cancellationToken)
        .Where(edge => edge.To is { Type: "user", Id: not null });

    // A list of V2, page by page as it is asked for. A full page of nothing new, or a list without an end, is an answer that cannot be right.
    private async IAsyncEnumerable<T> ListAsync<T>(
        string route, string path, JsonTypeInfo<IReadOnlyList<T>> type, Func<T, string?> idOf, bool mustExist,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var (page, skip) = (0, 0); page < MostPages; page++)
        {
            var items = await transport.ReadAsync(DirectoryRequest.Get(route, $"{path}limit={PageSize}&skip={skip}"), type, cancellationToken)
                ?? (mustExist ? throw new DirectoryException(DirectoryFailure.Missing, route, 404) : []);
            var unseen = items.Where(item => idOf(item) is not { } id || seen.Add(id)).ToList();
            foreach (var item in unseen)
            {
                yield return item;
            }

            if (items.Count < PageSize)
            {
                yield break;
            }

            if (unseen.All(item => idOf(item) is null))
            {
                break;
            }

            skip += items.Count;
        }

        throw new DirectoryException(DirectoryFailure.Busy, $"{route}, pages of a list", null);
    }

    private Task AssociateAsync(string op, string systemId, string userId, bool admin, HttpStatusCode? alsoSuccess, CancellationToken cancellationToken) =>
        transport.WriteAsync(
            new("POST /api/v2/systems/{id}/associations", HttpMethod.Post, $"/api/v2/systems/{systemId}/associations")
            {
                Content = DirectoryRequest.Json(new(op, "user", userId, new(new(admin, false))), JumpCloudJson.Default.GraphOperation),
                Repeatable = true,
            },
            alsoSuccess,
            cancellationToken);

    private Task ChangeGroupAsync(string op, string groupId, string systemId, HttpStatusCode alsoSuccess, CancellationToken cancellationToken) =>
        transport.WriteAsync(
            new("POST /api/v2/systemgroups/{id}/members", HttpMethod.Post, $"/api/v2/systemgroups/{groupId}/members")
            {
                Content = DirectoryRequest.Json(new(op, "system", systemId), JumpCloudJson.Default.GraphOperation),
                Repeatable = true,
            },
            alsoSuccess,
            cancellationToken);
}
