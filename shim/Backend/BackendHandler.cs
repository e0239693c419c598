using Polly;

namespace Prestage.Shim.Backend;

/// <summary>One call over HTTP: a time and a size limit for the whole answer, and the service's clock from its <c>Date</c>.</summary>
internal sealed class BackendHandler : DelegatingHandler
{
    private const int LargestAnswer = 1 << 20;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(35);
    private readonly ResiliencePipeline<HttpResponseMessage> pipeline;
    private readonly ServiceClock clock;

    /// <summary>Only the limit: what may be tried again, and when, the steps decide.</summary>
    public BackendHandler(HttpMessageHandler network, ServiceClock clock, TimeProvider time)
        : base(network)
    {
        this.clock = clock;
        pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }.AddTimeout(CallLimit).Build();
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await pipeline.ExecuteAsync(
            static async (state, limited) => await state.Self.TryAsync(state.Request, limited).ConfigureAwait(false),
            (Self: this, Request: request),
            cancellationToken).ConfigureAwait(false);

    private async Task<HttpResponseMessage> TryAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.Headers.Date is { } date)
        {
            clock.Observe(date);
        }

        await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken).ConfigureAwait(false);
        return response;
    }
}
