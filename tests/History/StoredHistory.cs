using Azure.Data.Tables;
using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.History;

/// <summary>What someone with the storage account's key, but without the vault, can do.</summary>
internal static class StoredHistory
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The history of a Mac's enrollment, as the portal reads it.</summary>
    public static async Task<EnrollmentHistory> HistoryAsync(this Backend backend, WireMac mac)
    {
        await backend.TablesReadyAsync();
        return (await backend.Get<EnrollmentHistories>().ReadAsync(EnrollmentId.Parse(mac.Token!.Split('.')[0]), Cancel))!;
    }

    /// <summary>Changes a stored row: the enrollment's (<c>s|</c>), or one of its events (<c>e|</c>).</summary>
    public static Task ChangeRowAsync(this Backend backend, EnrollmentId id, string kind, int? sequence, Action<TableEntity> change) =>
        backend.ChangeRowAsync(
            "Enrollments", id.Month, sequence is { } number ? EnrollmentKeys.Event(id, number) : $"{kind}{id.Suffix}", change);
}
