using System.Collections.Concurrent;
using Prestage.Functions.Vault;

namespace Prestage.Tests.Support;

/// <summary>A source of secrets that keeps what it has read until it is told to read anew, and counts that.</summary>
internal sealed class CountedSecrets : ISecretSource
{
    private readonly ConcurrentDictionary<string, string> known = [];

    /// <summary>What a read finds.</summary>
    public ConcurrentDictionary<string, string> AtSource { get; } = [];

    /// <summary>Forced reads by name.</summary>
    public ConcurrentDictionary<string, int> Reloads { get; } = [];

    public ValueTask<Secret> GetAsync(string name, CancellationToken cancellationToken) => new(new Secret(known.GetOrAdd(name, unread => AtSource[unread])));

    public Task<Secret> ReloadAsync(string name, CancellationToken cancellationToken)
    {
        Reloads.AddOrUpdate(name, 1, (_, count) => count + 1);
        return Task.FromResult(new Secret(known[name] = AtSource[name]));
    }
}
