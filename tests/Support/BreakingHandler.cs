namespace Prestage.Tests.Support;

/// <summary>A connection that carries each request to its service, and on request breaks before the answer is back.</summary>
internal sealed class BreakingHandler() : DelegatingHandler(new SocketsHttpHandler())
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
