using System.Globalization;
using Prestage.Shim.State;

namespace Prestage.Shim.Running;

/// <summary>
/// How soon a start goes on after stops in a row: at once at first, then ever later, up to a quarter of an hour. It never gives up by itself.
/// Measured from the boot, as the wall clock may be wrong: whoever restarts the Mac is not made to wait.
/// </summary>
internal static class Pace
{
    private static readonly TimeSpan Question = TimeSpan.FromMilliseconds(500);
    private static readonly int[] Seconds = [0, 0, 0, 30, 60, 120, 300, 900];

    public static Journal Stopped(Journal journal, TimeProvider time) => journal with { Stops = journal.Stops + 1, StoppedAt = Uptime(time) };

    /// <summary>What is left to wait; zero after a restart of the Mac.</summary>
    public static TimeSpan Left(Journal journal, TimeProvider time)
    {
        var since = Uptime(time) - journal.StoppedAt;
        var left = Seconds[Math.Min(journal.Stops, Seconds.Length - 1)] - since;
        return since >= 0 && left > 0 ? TimeSpan.FromSeconds(left) : TimeSpan.Zero;
    }

    /// <summary>Waits for what is left.</summary>
    public static Task KeepAsync(StepContext context, CancellationToken cancellationToken)
    {
        var left = Left(context.Journal.Current, context.Time);
        if (left == TimeSpan.Zero)
        {
            return Task.CompletedTask;
        }

        context.Log.Info(string.Create(
            CultureInfo.InvariantCulture, $"{context.Journal.Current.Stops} stops in a row: the next try is in {left.TotalSeconds:0} s, or at a restart"));
        return Task.Delay(left, context.Time, cancellationToken);
    }

    /// <summary>Waits before a question is asked again: a window that answers by itself must not become a storm of calls.</summary>
    public static Task AskAgainAsync(StepContext context, CancellationToken cancellationToken) => Task.Delay(Question, context.Time, cancellationToken);

    private static double Uptime(TimeProvider time) => (double)time.GetTimestamp() / time.TimestampFrequency;
}
