namespace Prestage.Functions.JumpCloud;

/// <summary>Whose key it is, where JumpCloud shows it, and the time there.</summary>
/// <param name="OrganizationId">Of any one system; null where the organization has none yet.</param>
internal sealed record DirectoryGlance(string? OrganizationId, DateTimeOffset? Date);

/// <summary>The reads by which the program tells whether JumpCloud is as the settings say; no enrollment makes them.</summary>
internal sealed class DirectoryProbe(DirectoryTransport transport)
{
    private const string Route = "GET /api/systems";

    /// <summary>One read with our key. Throws <see cref="DirectoryException"/> or <see cref="Vault.SecretUnavailableException"/>.</summary>
    public async Task<DirectoryGlance> LookAsync(CancellationToken cancel)
    {
        var reply = await transport.SendAsync(DirectoryRequest.Get(Route, "/api/systems?limit=1&fields=organization"), cancel);
        var systems = DirectoryTransport.Parse(Route, DirectoryTransport.Succeeded(Route, reply), JumpCloudJson.Default.SystemList);
        return new(systems.Results is [{ Organization: var organization }, ..] ? organization : null, reply.Date);
    }

    /// <summary>The system group, or null.</summary>
    public Task<SystemGroup?> FindGroupAsync(string groupId, CancellationToken cancel) => transport.ReadAsync(
        DirectoryRequest.Get("GET /api/v2/systemgroups/{id}", $"/api/v2/systemgroups/{groupId}"), JumpCloudJson.Default.SystemGroup, cancel);
}
