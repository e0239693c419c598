using Azure;
using Prestage.Functions.Tables;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Tables;

/// <summary>A write that took effect and whose answer never came, against a real Azurite behind a connection that breaks.</summary>
public sealed class LostAnswerTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_retried_insert_meets_its_own_row_which_tells_by_its_content()
    {
        using var wire = new BreakingHandler();
        var table = await azurite.NewTableAsync(StubTable.Options(wire));
        wire.LoseNextAnswer = true;

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => table.AddEntityAsync(new TableEntity("p", "r") { { "By", "this call" } }, Cancel));

        Assert.Equal(TableErrorCode.EntityAlreadyExists, refusal.ErrorCode);
        Assert.Equal("this call", (await table.GetEntityAsync("p", "r", cancellationToken: Cancel)).GetString("By"));
    }

    [Fact]
    public async Task A_retried_transaction_meets_its_own_row()
    {
        using var wire = new BreakingHandler();
        var table = await azurite.NewTableAsync(StubTable.Options(wire));
        wire.LoseNextAnswer = true;

        var refusal = await Assert.ThrowsAsync<TableTransactionFailedException>(() => table.SubmitTransactionAsync(
            [new(TableTransactionActionType.Add, new("p", "a") { { "By", "this call" } }), new(TableTransactionActionType.UpsertReplace, new("p", "b"))], Cancel));

        Assert.Equal((TableErrorCode.EntityAlreadyExists, 0), (refusal.ErrorCode, refusal.FailedTransactionActionIndex));
        Assert.Equal(2, await table.QueryAsync(cancellationToken: Cancel).CountAsync(Cancel));
    }

    [Fact]
    public async Task A_retried_delete_and_upsert_end_as_if_nothing_was_lost()
    {
        using var wire = new BreakingHandler();
        var table = await azurite.NewTableAsync(StubTable.Options(wire));

        wire.LoseNextAnswer = true;
        var etag = await table.UpsertEntityAsync(new TableEntity("p", "r"), Cancel);
        wire.LoseNextAnswer = true;
        await table.DeleteEntityAsync("p", "r", etag, Cancel);

        Assert.Null(await table.GetEntityIfExistsAsync("p", "r", cancellationToken: Cancel));
    }

    private sealed class BreakingHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        public bool LoseNextAnswer { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (!LoseNextAnswer)
            {
                return answer;
            }

            LoseNextAnswer = false;
            answer.Dispose();
            throw new HttpRequestException("The connection broke.", new IOException("reset"));
        }
    }
}
