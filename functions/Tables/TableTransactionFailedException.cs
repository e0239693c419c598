using Azure;

namespace Prestage.Functions.Tables;

/// <summary>A transaction was refused as a whole because of one operation; status and code are that operation's. Nothing was written.</summary>
internal sealed class TableTransactionFailedException(int status, string message, string errorCode, int? failedTransactionActionIndex)
    : RequestFailedException(status, message, errorCode, innerException: null)
{
    /// <summary>The zero-based place of the operation, or null where the service did not tell.</summary>
    public int? FailedTransactionActionIndex { get; } = failedTransactionActionIndex;
}
