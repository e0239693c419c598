using System.Net;
using System.Text;
using System.Text.Json;
using Refit;

namespace Prestage.Functions.JumpCloud;

/// <summary>JumpCloud's console API, V1 and V2: <see cref="IJumpCloudApi"/> with the outcomes that its callers decide by.</summary>
internal sealed class JumpCloudClient(IJumpCloudApi api, DirectoryAnswers answers, JumpCloudOptions options) : IJumpCloud
{
    private const int PageSize = 100;

    // 10,000 groups of one Mac, or people bound to it, are more than any organization has.
    private const int MostPages = 100;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SystemUser>> SearchUsersAsync(string field, string value, CancellationToken cancellationToken)
    {
        var search = new UserSearch([new() { [field] = new(Exactly(value)) }], SystemUser.Fields, 2, 0, "_id");
        var found = await answers.FindAsync(api.SearchUsersAsync(search, cancellationToken));
        return found?.Results ?? throw new DirectoryException(DirectoryFailure.Busy, "POST /api/search/systemusers", null);
    }

    /// <inheritdoc/>
    public Task<SystemUser?> FindUserAsync(string userId, CancellationToken cancellationToken) => answers.FindAsync(api.GetUserAsync(userId, cancellationToken));

    /// <inheritdoc/>
    public async Task<PolicyFields> GetPasswordPolicyAsync(string userId, CancellationToken cancellationToken)
    {
        var effective = await answers.FindAsync(api.GetPasswordPolicyAsync(userId, cancellationToken));
        if (effective?.Policy is { } policy)
        {
            return policy;
        }

        var organization = await answers.FindAsync(api.GetOrganizationAsync(options.OrgId, cancellationToken));
        var settings = organization?.Settings;
        return settings is { PasswordCompliance: "custom", PasswordPolicy: { } own } ? own : new(null, null, null, null, null, null, null);
    }

    /// <inheritdoc/>
    public async Task<PasswordOutcome> SetPasswordAsync(string userId, Secret password, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new SetPasswordBody(password), JumpCloudJson.Default.SetPasswordBody);
        try
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
            using var response = await api.SetPasswordAsync(userId, content, cancellationToken);
            var refusal = DirectoryAnswers.Refusal(response);

            // Few of the codes are published: a refusal that names none is one of this password all the same.
            if (response.StatusCode == HttpStatusCode.BadRequest)
            {
                return new(null, PasswordViolations.Read(refusal) is { Count: > 0 } violations ? violations : [PasswordViolations.Unknown]);
            }

            // 403 to a password is about this person (held elsewhere, an administrator above our role), not about our key; a page is a gateway's.
            if (response.StatusCode == HttpStatusCode.Forbidden && !refusal.AsSpan().TrimStart(" \t\r\n").StartsWith("<"))
            {
                throw new DirectoryException(DirectoryFailure.Refused, DirectoryAnswers.Route(response), 403);
            }

            return new(answers.Content(response), []);
        }
        finally
        {
            Array.Clear(body);
        }
    }

    /// <inheritdoc/>
    public Task ActivateUserAsync(string userId, CancellationToken cancellationToken) =>
        answers.SucceedAsync(api.ActivateUserAsync(userId, new(false), cancellationToken), HttpStatusCode.Conflict);

    /// <inheritdoc/>
    public Task<SystemRecord?> FindSystemAsync(string systemId, CancellationToken cancellationToken) => answers.FindAsync(api.GetSystemAsync(systemId, cancellationToken));

    /// <inheritdoc/>
    public Task AddBindingAsync(string systemId, string userId, bool admin, CancellationToken cancellationToken) =>
        answers.SucceedAsync(ChangeBindingAsync("add", systemId, userId, admin, cancellationToken), HttpStatusCode.Conflict);

    /// <inheritdoc/>
    public Task UpdateBindingAsync(string systemId, string userId, bool admin, CancellationToken cancellationToken) =>
        answers.SucceedAsync(ChangeBindingAsync("update", systemId, userId, admin, cancellationToken));

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> GetBoundUsersAsync(string systemId, CancellationToken cancellationToken) =>
        await EdgesAsync(systemId, mustExist: true, cancellationToken).Select(edge => edge.To!.Id!).ToHashSetAsync(StringComparer.Ordinal, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> GetBoundSystemsAsync(string userId, CancellationToken cancellationToken) =>
        await ListAsync(
            "GET /api/v2/users/{id}/associations", skip => api.GetBoundSystemsAsync(userId, PageSize, skip, cancellationToken), edge => edge.To?.Id,
            mustExist: false)
        .Where(edge => edge.To is { Type: "system" })
        .Select(edge => edge.To!.Id).OfType<string>().ToHashSetAsync(StringComparer.Ordinal, cancellationToken);

    /// <inheritdoc/>
    public async Task<Binding?> FindBindingAsync(string systemId, string userId, CancellationToken cancellationToken) =>
        await EdgesAsync(systemId, mustExist: false, cancellationToken).FirstOrDefaultAsync(edge => edge.To!.Id == userId, cancellationToken) is { } found
            ? new(userId, (found.Attributes ?? found.To!.Attributes)?.Sudo?.Enabled == true)
            : null;

    /// <inheritdoc/>
    public Task AddToGroupAsync(string groupId, string systemId, CancellationToken cancellationToken) =>
        answers.SucceedAsync(api.ChangeGroupAsync(groupId, new("add", "system", systemId), cancellationToken), HttpStatusCode.Conflict);

    /// <inheritdoc/>
    public Task<bool> RemoveFromGroupAsync(string groupId, string systemId, CancellationToken cancellationToken) =>
        answers.SucceedAsync(api.ChangeGroupAsync(groupId, new("remove", "system", systemId), cancellationToken), HttpStatusCode.NotFound);

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> GetGroupsAsync(string systemId, CancellationToken cancellationToken) =>
        await ListAsync(
            "GET /api/v2/systems/{id}/memberof", skip => api.GetGroupsAsync(systemId, PageSize, skip, cancellationToken), edge => edge.Id, mustExist: false)
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
            "GET /api/v2/systems/{id}/associations", skip => api.GetBindingsAsync(systemId, PageSize, skip, cancellationToken), edge => edge.To?.Id, mustExist)
        .Where(edge => edge.To is { Type: "user", Id: not null });

    // A list of V2, page by page as it is asked for. A full page of nothing new, or a list without an end, is an answer that cannot be right.
    private async IAsyncEnumerable<T> ListAsync<T>(
        string route, Func<int, Task<IApiResponse<IReadOnlyList<T>>>> read, Func<T, string?> idOf, bool mustExist)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var (page, skip) = (0, 0); page < MostPages; page++)
        {
            var items = await answers.FindAsync(read(skip)) ?? (mustExist ? throw new DirectoryException(DirectoryFailure.Missing, route, 404) : []);
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

    private Task<IApiResponse> ChangeBindingAsync(string op, string systemId, string userId, bool admin, CancellationToken cancellationToken) =>
        api.ChangeBindingAsync(systemId, new(op, "user", userId, new(new(admin, false))), cancellationToken);
}
