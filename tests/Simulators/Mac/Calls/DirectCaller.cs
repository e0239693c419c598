using System.Text;

namespace Prestage.Simulators.Mac.Calls;

/// <summary>A caller in this process, with its whole input; it waits until it is told otherwise.</summary>
internal sealed class DirectCaller(byte[] input) : ICaller
{
    private readonly Queue<string> lines = new(Encoding.UTF8.GetString(input).Split('\n', StringSplitOptions.RemoveEmptyEntries));

    /// <inheritdoc/>
    public Task<string?> AskLineAsync(CancellationToken cancellationToken) => Task.FromResult(lines.TryDequeue(out var line) ? line : null);

    /// <inheritdoc/>
    public Task UntilClosedAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
}
