using Azure.Data.Tables;

namespace Prestage.Functions.Storage;

/// <summary>The properties of a row that the program sets, without those that the service sets.</summary>
internal static class StoredProperties
{
    /// <summary>Name and value of each. A client may enumerate keys, time and version as properties: they are not among them.</summary>
    public static IEnumerable<KeyValuePair<string, object>> OwnProperties(this TableEntity entity) =>
        entity.Where(property => property.Value is not null && !IsOfService(property.Key));

    private static bool IsOfService(string name) => name is "PartitionKey" or "RowKey" or "Timestamp" or "odata.etag";
}
