using Prestage.Functions.Enrollments;
using Prestage.Functions.Background.Finish;
using Prestage.Functions.Telemetry;

namespace Prestage.Functions.Background.PoisonMessage;

/// <summary>What became of a message that was given up.</summary>
internal enum PoisonOutcome
{
    /// <summary>Its enrollment has failed now, and an operator can retry it.</summary>
    Failed,

    /// <summary>Its enrollment is not finishing any more, or by another attempt.</summary>
    MovedOn,

    /// <summary>There is no such enrollment.</summary>
    NoEnrollment,

    /// <summary>Its enrollment's row cannot be read.</summary>
    RowUnreadable,

    /// <summary>It is no message of ours.</summary>
    Unreadable,
}

/// <summary>
/// Takes what five deliveries to Finish have not ended: a failure that Finish does not expect, such as of the storage, or a process that died
/// each time. The enrollment becomes failed, so that it is seen and can be retried. Whatever stops this, the message stays, and
/// Reconcile has what is still finishing delivered anew.
/// </summary>
internal sealed partial class EnrollmentPoison(EnrollmentRows enrollments, TimeProvider clock, ILogger<EnrollmentPoison> log)
{
    /// <summary>The queue's name: the Functions host puts there what it gives up.</summary>
    public const string QueueName = $"{FinishQueue.Name}-poison";

    /// <summary>The code of the event on the enrollment.</summary>
    public const string Code = "poison-message";

    private static readonly string Cause =
        $"Finishing failed {EnrollmentFinish.MostDeliveries} times for a reason that is in the log. Retry it when that is mended.";

    /// <summary>Works on one message; again, it changes nothing more.</summary>
    public async Task<PoisonOutcome> TakeAsync(string text, CancellationToken cancellationToken)
    {
        var message = FinishMessage.Read(text);
        if (!EnrollmentId.TryParse(message?.EnrollmentId, out var id))
        {
            return Told("unknown", PoisonOutcome.Unreadable);
        }

        return Told(id.ToString(), await FailAsync(id, message!.Attempt, cancellationToken));
    }

    private PoisonOutcome Told(string enrollmentId, PoisonOutcome outcome)
    {
        Measures.PoisonMessage();
        Log.GivenUp(log, enrollmentId, outcome);
        return outcome;
    }

    private async Task<PoisonOutcome> FailAsync(EnrollmentId id, int attempt, CancellationToken cancellationToken)
    {
        var found = await enrollments.ReadAsync(id, cancellationToken);
        if (found.Unreadable is { } why)
        {
            Log.RowUnreadable(log, id, why);
            return PoisonOutcome.RowUnreadable;
        }

        if (found.Row is not { } read)
        {
            return PoisonOutcome.NoEnrollment;
        }

        if (read.State != EnrollmentState.Finishing || read.Attempt != attempt)
        {
            return PoisonOutcome.MovedOn;
        }

        var happened = new EnrollmentEvent(clock.GetUtcNow(), "backend", Code, Cause) { Level = "error" };
        var moved = await enrollments.MoveAsync(
            read, row => row with { State = EnrollmentState.Failed, Cause = Cause }, happened, cancellationToken);
        return moved.State == EnrollmentState.Failed ? PoisonOutcome.Failed : PoisonOutcome.MovedOn;
    }

    private static partial class Log
    {
        [LoggerMessage(5201, LogLevel.Error, "Finish: a message for enrollment {EnrollmentId} was given up after its last delivery: {Outcome}")]
        public static partial void GivenUp(ILogger log, string enrollmentId, PoisonOutcome outcome);

        [LoggerMessage(5202, LogLevel.Error, "Finish: the row of enrollment {EnrollmentId} cannot be read: {Why}")]
        public static partial void RowUnreadable(ILogger log, EnrollmentId enrollmentId, string why);
    }
}
