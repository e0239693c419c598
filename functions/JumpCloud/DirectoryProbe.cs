namespace Prestage.Functions.JumpCloud;

/// <summary>The reads by which the program tells whether JumpCloud is as the settings say; no enrollment makes them.</summary>
internal sealed class DirectoryProbe(IJumpCloudApi api, DirectoryAnswers answers, TimeProvider clock)
{
    /// <summary>
    /// One read with our key; answers how far JumpCloud's own time is from ours, where it tells it. Throws <see cref="DirectoryException"/> or
    /// <see cref="Vault.SecretUnavailableException"/>.
    /// </summary>
    public async Task<TimeSpan?> LookAsync(CancellationToken cancellationToken)
    {
        using var response = await api.GetAnySystemAsync(cancellationToken);
        var now = clock.GetUtcNow();
        answers.Content(response);
        return response.Headers!.Date - now;
    }

    /// <summary>The system group, or null.</summary>
    public Task<SystemGroup?> FindGroupAsync(string groupId, CancellationToken cancellationToken) =>
        answers.FindAsync(api.GetGroupAsync(groupId, cancellationToken));
}
