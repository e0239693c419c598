using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using Prestage.Simulators.FunctionsHost.Rpc;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>
/// Keeps every message that a worker sends, so that they can be searched for what must not be in them. Safe for concurrent use.
/// </summary>
internal sealed class WorkerMessages
{
    private readonly ConcurrentQueue<byte[]> messages = new();

    /// <summary>
    /// The bytes of each message as text, members included that the host does not know; texts are in UTF-8 there as they are.
    /// </summary>
    public IEnumerable<string> Texts => messages.Select(Encoding.UTF8.GetString);

    public void Add(StreamingMessage message) => messages.Enqueue(message.ToByteArray());
}
