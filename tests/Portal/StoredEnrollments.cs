using System.Globalization;
using Azure.Data.Tables;
using Prestage.Functions.Enrollments;
using Prestage.Tests.Support;
using Prestage.Wire;
using Xunit;

namespace Prestage.Tests.Portal;

/// <summary>Enrollments as an earlier time left them in the table.</summary>
internal static class StoredEnrollments
{
    /// <summary>A backend that has come to that time.</summary>
    public static async Task<Backend> BackendAsync(DateTimeOffset now)
    {
        var backend = await Backend.StartAsync(PortalClient.WithKey());
        backend.Clock.Advance(now - backend.Clock.GetUtcNow());
        return backend;
    }

    public static EnrollmentRow Row(DateTimeOffset created, EnrollmentState state = EnrollmentState.Completed, int number = 0) => new()
    {
        Id = EnrollmentId.Create(created),
        State = state,
        SystemId = number.ToString("x24", CultureInfo.InvariantCulture),
        SerialNumber = $"C02{number:D6}",
        UserId = "bbbbbbbbbbbbbbbbbbbbbbbb",
        Account = new Account($"user{number}", $"User Number {number}", Admin: false),
        PasswordRequired = true,
        HadPassword = false,
        TokenHash = new('0', 64),
        TokenExpiresAt = created.AddHours(1),
        CreatedAt = created,
        UpdatedAt = created.AddSeconds(90),
        StateAt = created.AddSeconds(90),
    };

    /// <summary>Stores them, a hundred of one month in a transaction.</summary>
    public static async Task StoreAsync(this Backend backend, IEnumerable<EnrollmentRow> rows)
    {
        var table = backend.Tables.GetTableClient("Enrollments");
        foreach (var batch in rows.GroupBy(row => row.Id.Month).SelectMany(month => month.Chunk(100)))
        {
            await table.SubmitTransactionAsync(
                batch.Select(row => new TableTransactionAction(TableTransactionActionType.Add, row.ToEntity())), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>How many requests to the tables the first call of that path since the log was cleared has made.</summary>
    public static async Task<int> TableOperationsAsync(this Backend backend, string path)
    {
        var line = await backend.LineOfAsync(path);
        var words = line.Split(' ');
        return int.Parse(words[Array.IndexOf(words, "table") - 1], CultureInfo.InvariantCulture);
    }
}
