using Azure.Core;

namespace Prestage.Functions.Storage;

/// <summary>What a request asks of which table or queue: for measures and traces, in place of its address, which holds keys.</summary>
/// <param name="Name">Such as <c>get</c>.</param>
/// <param name="Target">The table's or queue's name.</param>
/// <param name="IsOnQueue">Whether it is a queue's.</param>
internal sealed record StorageOperation(string Name, string Target, bool IsOnQueue)
{
    /// <summary>The operation that a message was made for.</summary>
    public static StorageOperation Of(HttpMessage message) =>
        message.TryGetProperty(typeof(StorageOperation), out var operation)
            ? (StorageOperation)operation!
            : throw new InvalidOperationException("A storage request is made by StoragePipeline.CreateMessage.");

    /// <summary>Keeps it with the message.</summary>
    public void Mark(HttpMessage message) => message.SetProperty(typeof(StorageOperation), this);
}
