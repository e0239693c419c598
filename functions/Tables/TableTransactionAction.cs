using Azure;

namespace Prestage.Functions.Tables;

/// <summary>What a transaction does with one entity.</summary>
internal enum TableTransactionActionType
{
    /// <summary>Insert; fails with EntityAlreadyExists.</summary>
    Add,

    /// <summary>Replace the row whose ETag is given; fails with UpdateConditionNotSatisfied or ResourceNotFound.</summary>
    UpdateReplace,

    /// <summary>Insert or replace, whatever is there.</summary>
    UpsertReplace,

    /// <summary>Delete the row whose ETag is given (any when none is); fails when it is not there.</summary>
    Delete,
}

/// <summary>One operation of an entity-group transaction.</summary>
/// <param name="ETag">For <see cref="TableTransactionActionType.UpdateReplace"/> (required) and <see cref="TableTransactionActionType.Delete"/>; <see cref="ETag.All"/> is any version.</param>
internal sealed record TableTransactionAction(TableTransactionActionType ActionType, TableEntity Entity, ETag ETag = default);
