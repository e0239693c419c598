namespace Prestage.Functions.Tables;

/// <summary>
/// The table service's error codes that callers tell apart (learn.microsoft.com/rest/api/storageservices/table-service-error-codes).
/// </summary>
internal static class TableErrorCode
{
    /// <summary>409: an insert met an existing row.</summary>
    public const string EntityAlreadyExists = "EntityAlreadyExists";

    /// <summary>412: the row changed since it was read.</summary>
    public const string UpdateConditionNotSatisfied = "UpdateConditionNotSatisfied";

    /// <summary>404: no such row.</summary>
    public const string ResourceNotFound = "ResourceNotFound";

    /// <summary>404: no such row, as some operations say it.</summary>
    public const string EntityNotFound = "EntityNotFound";

    /// <summary>404: no such table; never to be read as "no such row".</summary>
    public const string TableNotFound = "TableNotFound";

    /// <summary>409: the table is there.</summary>
    public const string TableAlreadyExists = "TableAlreadyExists";

    /// <summary>409: the table was deleted less than a minute ago, and its name cannot be used yet.</summary>
    public const string TableBeingDeleted = "TableBeingDeleted";

    /// <summary>403: the identity lacks the role on this account.</summary>
    public const string AuthorizationPermissionMismatch = "AuthorizationPermissionMismatch";

    /// <summary>503: over the account's or partition's rate.</summary>
    public const string ServerBusy = "ServerBusy";

    /// <summary>500: the service ran out of its own time.</summary>
    public const string OperationTimedOut = "OperationTimedOut";
}
