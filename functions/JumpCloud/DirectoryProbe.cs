namespace Prestage.Functions.JumpCloud;

/// <summary>The reads by which the program tells whether JumpCloud is as the settings say; no enrollment makes them.</summary>
internal sealed class DirectoryProbe(DirectoryTransport transport, TimeProvider clock)
{
    private const string Route = "GET /api/systems";

    /// <summary>
    /// One read with our key; answers how far JumpCloud's own time is from ours, where it tells it. Throws <see cref="DirectoryException"/> or
    /// <see cref="Vault.SecretUnavailableException"/>.
    /// </summary>
    public async Task<TimeSpan?> LookAsync(CancellationToken cancellationToken)
    {
        var reply = await transport.SendAsync(DirectoryRequest.Get(Route, "/api/systems?limit=1&fields=_id"), cancellationToken);
        var difference = reply.Date - clock.GetUtcNow();
        DirectoryTransport.Parse(Route, DirectoryTransport.Succeeded(Route, reply), JumpCloudJson.Default.SystemList);
        return difference;
    }

    /// <summary>The system group, or null.</summary>
    public Task<SystemGroup?> FindGroupAsync(string groupId, CancellationToken cancellationToken) => transport.ReadAsync(
        DirectoryRequest.Get("GET /api/v2/systemgroups/{id}", $"/api/v2/systemgroups/{groupId}"), JumpCloudJson.Default.SystemGroup, cancellationToken);
}
