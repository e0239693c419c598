using System.Runtime.CompilerServices;
using Azure;

namespace Prestage.Functions.Tables;

/// <summary>
/// The rows of a query, page by page; each page is one request. A page may be short or empty and still not be the last: the enumeration
/// goes on until the service gives no continuation.
/// </summary>
internal sealed class TablePageable(
    Func<string?, int?, CancellationToken, Task<Page<TableEntity>>> getPage, int? maxPerPage, CancellationToken cancellationToken)
    : AsyncPageable<TableEntity>(cancellationToken)
{
    /// <inheritdoc/>
    public override IAsyncEnumerable<Page<TableEntity>> AsPages(string? continuationToken = null, int? pageSizeHint = null) =>
        PagesAsync(continuationToken, pageSizeHint ?? maxPerPage, CancellationToken);

    private async IAsyncEnumerable<Page<TableEntity>> PagesAsync(
        string? continuation, int? pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        do
        {
            var page = await getPage(continuation, pageSize, cancellationToken);
            yield return page;
            continuation = page.ContinuationToken;
        }
        while (continuation is not null);
    }
}
