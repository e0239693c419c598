namespace Prestage.Functions.Queues;

/// <summary>
/// The queue service's error codes that callers tell apart (learn.microsoft.com/rest/api/storageservices/queue-service-error-codes).
/// </summary>
internal static class QueueErrorCode
{
    /// <summary>404: no such queue.</summary>
    public const string QueueNotFound = "QueueNotFound";

    /// <summary>409: the queue is there, with other metadata than asked for.</summary>
    public const string QueueAlreadyExists = "QueueAlreadyExists";

    /// <summary>409: the queue was deleted less than a minute ago, and its name cannot be used yet.</summary>
    public const string QueueBeingDeleted = "QueueBeingDeleted";

    /// <summary>404: the message is gone, or has become visible again.</summary>
    public const string MessageNotFound = "MessageNotFound";

    /// <summary>400: someone else received or updated the message since.</summary>
    public const string PopReceiptMismatch = "PopReceiptMismatch";
}
