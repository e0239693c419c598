using Azure;
using Prestage.Functions.Enrollments;

namespace Prestage.Functions.Portal;

/// <summary>What a search found.</summary>
/// <param name="Unreadable">Ids whose rows cannot be read.</param>
/// <param name="Next">Where to search on; null at the end.</param>
internal sealed record EnrollmentFindings<T>(IReadOnlyList<T> Found, IReadOnlyList<string> Unreadable, EnrollmentPosition? Next);

/// <summary>Looks for enrollments, newest first, and stops when its budget is used up, however few it has found by then.</summary>
internal sealed class EnrollmentSearch(EnrollmentPages pages)
{
    /// <summary>Finds up to <paramref name="most"/> enrollments and keeps what is taken of each; null where the continuation is not of this query.</summary>
    public async Task<EnrollmentFindings<T>?> FindAsync<T>(
        EnrollmentQuery query, int most, EnrollmentBudget budget, Func<EnrollmentRow, T> take, CancellationToken cancellationToken)
    {
        List<T> found = [];
        List<string> unreadable = [];
        EnrollmentPosition? next = null;

        // What is looked for by name is sorted out here, and of a larger page more is found.
        var size = query.Search is null ? Math.Min(most, EnrollmentQuery.LargestPage) : EnrollmentQuery.LargestPage;
        try
        {
            await foreach (var page in pages.ReadAsync(query.Filter, query.Continuation, size, budget, null, cancellationToken))
            {
                foreach (var entity in page.Rows)
                {
                    if (EnrollmentRow.Read(entity).Row is not { } row)
                    {
                        unreadable.Add($"{entity.PartitionKey}-{entity.RowKey[EnrollmentKeys.First.Length..]}");
                    }
                    else if (query.Matches(row))
                    {
                        found.Add(take(row));
                    }

                    if (found.Count == most)
                    {
                        return new(found, unreadable, page.After(entity));
                    }
                }

                next = page.Next;
            }
        }
        catch (RequestFailedException exception) when (exception.Status == 400 && query.Continuation?.Token is not null)
        {
            return null;
        }

        return new(found, unreadable, next);
    }
}
