using Prestage.Functions.Vault;

namespace Prestage.Tests.Support;

/// <summary>A vault in the place of secrets in settings.</summary>
internal sealed record BackendVault(Uri Uri, Func<TimeProvider, LogCapture, ISecretSource> Secrets);
