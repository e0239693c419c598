using Prestage.Functions.Storage;

namespace Prestage.Functions.Tables;

/// <summary>An account's name and key for the table service.</summary>
internal sealed class TableSharedKeyCredential(string accountName, string accountKey) : StorageSharedKeyCredential(accountName, accountKey);
