namespace Prestage.Functions.Hosting;

/// <summary>
/// How long one call may take in all (setting <c>Hosting__CallLimit</c>): ends what the call awaits, and is told from a caller who has gone
/// away.
/// </summary>
internal sealed class CallDeadline : IDisposable
{
    private readonly HttpContext call;
    private readonly CancellationToken aborted;
    private readonly CancellationTokenSource gone;
    private readonly CancellationTokenSource limit;
    private readonly CancellationTokenSource either;

    /// <summary>
    /// Begins now, for every part of the call that takes the call's own token. <paramref name="invocation"/> is the Functions host's token
    /// for it, which ends apart from the connection.
    /// </summary>
    public CallDeadline(HttpContext call, TimeSpan time, TimeProvider clock, CancellationToken invocation = default)
    {
        this.call = call;
        aborted = call.RequestAborted;
        gone = CancellationTokenSource.CreateLinkedTokenSource(aborted, invocation);
        limit = new(time, clock);
        either = CancellationTokenSource.CreateLinkedTokenSource(gone.Token, limit.Token);
        call.RequestAborted = either.Token;
        call.Features.Set(this);
    }

    /// <summary>Whether the time is up.</summary>
    public bool HasPassed => limit.IsCancellationRequested;

    /// <summary>Whether nobody waits for the answer any more.</summary>
    public bool CallerIsGone => gone.IsCancellationRequested;

    /// <summary>Ends with the time and not with the caller: for what must not stop because somebody hangs up.</summary>
    public static CancellationToken Of(HttpContext call) => Find(call)?.limit.Token ?? CancellationToken.None;

    /// <summary>The call's deadline; null where it has none.</summary>
    public static CallDeadline? Find(HttpContext call) => call.Features.Get<CallDeadline>();

    /// <summary>The time no longer counts: what failed is answered now.</summary>
    public void Lift() => call.RequestAborted = aborted;

    /// <inheritdoc/>
    public void Dispose()
    {
        Lift();
        either.Dispose();
        limit.Dispose();
        gone.Dispose();
    }
}
