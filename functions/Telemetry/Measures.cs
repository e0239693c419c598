using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Background.Finish;
using Prestage.Functions.Hosting;
using Prestage.Functions.Background.Reconcile;
using Prestage.Wire;

namespace Prestage.Functions.Telemetry;

/// <summary>
/// What the program counts and times, as OpenTelemetry names it (docs/operations.md lists all; a test keeps the list true). An attribute has one
/// of few values that the program itself knows: never anything that names a person, a Mac or an enrollment. Nothing is kept where nobody listens.
/// </summary>
internal static class Measures
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Prestage";

    /// <summary>OpenTelemetry's value for what is not on a list.</summary>
    public const string Other = "_OTHER";

    // Seconds, from one that is hardly noticed to a day.
    private static readonly double[] WaitBounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400, 86400];
    private static readonly double[] CallBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20];

    private static readonly Meter Meter = new(MeterName, ProgramVersion.Text);

    private static readonly Counter<long> Moves = Meter.CreateCounter<long>(
        "prestage.enrollment.moves", "{move}", "Enrollments that came into a state.");

    private static readonly Histogram<double> Stays = Seconds(
        "prestage.enrollment.state.duration", "How long an enrollment was in a state before it went to the next one.", WaitBounds);

    private static readonly Histogram<double> Enrollments = Seconds(
        "prestage.enrollment.duration", "From the first verify to an outcome.", WaitBounds);

    private static readonly Histogram<double> Steps = Seconds("prestage.step.duration", "How long a step took, as the Mac told at its end.", WaitBounds);

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "prestage.refusals", "{refusal}", "Answers that are a problem, by its code.");

    private static readonly Histogram<double> DirectoryCalls = Seconds(
        "prestage.directory.call.duration", "A call to JumpCloud with all its tries, by route and last status.", CallBounds);

    private static readonly Counter<long> DirectoryRetries = Meter.CreateCounter<long>(
        "prestage.directory.retries", "{retry}", "Tries after the first, by what the one before ended with.");

    private static readonly Counter<long> TableOperations = Meter.CreateCounter<long>(
        "prestage.table.operations", "{operation}", "Requests to the tables: a point read, a write, a page or a batch is one, however often it is retried.");

    private static readonly Histogram<double> QueueAge = Seconds(
        "prestage.finish.queue.age", "From the insertion of a message to its delivery, the delay that it was put with included.", WaitBounds);

    private static readonly Counter<long> Deliveries = Meter.CreateCounter<long>(
        "prestage.finish.deliveries", "{delivery}", "Deliveries that were worked on, by what became of them.");

    private static readonly Counter<long> PoisonMessages = Meter.CreateCounter<long>(
        "prestage.poison.messages", "{message}", "Messages given up after their last delivery.");

    private static readonly Counter<long> Reconciled = Meter.CreateCounter<long>(
        "prestage.reconcile.changes", "{change}", "What the timer put right or purged.");

    private static readonly Counter<long> ReconcileFailures = Meter.CreateCounter<long>(
        "prestage.reconcile.failures", "{failure}", "What the timer could not read or could not do.");

    /// <summary>The steps of a Mac; another name that a Mac sends is <see cref="Other"/>.</summary>
    public static IReadOnlySet<string> StepNames { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "preflight", "wait-for-session", "window", "agent", "identify", "set-password", "create-account", "secure-token", "associate", "hand-over",
        "wait-for-login", "complete", "remove-enrollment-user", "remove-itself",
    };

    /// <summary>A new enrollment.</summary>
    public static void Started(EnrollmentRow row) => Moves.Add(1, State(row.State));

    /// <summary>An enrollment went from one state to another.</summary>
    public static void Moved(EnrollmentRow from, EnrollmentRow to)
    {
        Moves.Add(1, State(to.State));
        Stays.Record((to.UpdatedAt - from.StateAt).TotalSeconds, State(from.State), new("prestage.enrollment.next_state", EnrollmentNames.Of(to.State)));
        if (!EnrollmentMoves.IsOpen(to.State))
        {
            Enrollments.Record((to.UpdatedAt - to.CreatedAt).TotalSeconds, State(to.State));
        }

        if (Steps.Enabled && from.State == EnrollmentState.Associated && to is { State: EnrollmentState.Finishing, Steps: { } told })
        {
            foreach (var step in JsonSerializer.Deserialize(told, WireJson.Default.CompleteRequest)!.Steps!)
            {
                Steps.Record(step.Seconds!.Value, new KeyValuePair<string, object?>("prestage.step.name", StepNames.Contains(step.Name!) ? step.Name : Other));
            }
        }
    }

    /// <summary>An answer that is a problem; the route is a template, null where none matched.</summary>
    public static void Refused(string code, string? route) =>
        Refusals.Add(1, new("prestage.problem.code", code), new KeyValuePair<string, object?>("http.route", route ?? Other));

    /// <summary>A call to JumpCloud has come to its end.</summary>
    public static void DirectoryCalled(TimeSpan time, in TagList attributes) => DirectoryCalls.Record(time.TotalSeconds, attributes);

    /// <summary>A call to JumpCloud is tried once more.</summary>
    public static void DirectoryRetried(in TagList attributes) => DirectoryRetries.Add(1, attributes);

    /// <summary>A request to a table.</summary>
    public static void TableAsked(string operation, string table) =>
        TableOperations.Add(1, new("db.operation.name", operation), new KeyValuePair<string, object?>("db.collection.name", table));

    /// <summary>A message is delivered so long after its insertion.</summary>
    public static void Waited(TimeSpan age) => QueueAge.Record(Math.Max(0, age.TotalSeconds));

    /// <summary>A delivery was worked on.</summary>
    public static void Delivered(FinishOutcome outcome) =>
        Deliveries.Add(1, new KeyValuePair<string, object?>("prestage.finish.outcome", JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString())));

    /// <summary>A message was given up.</summary>
    public static void PoisonMessage() => PoisonMessages.Add(1);

    /// <summary>A run of the timer.</summary>
    public static void Ran(ReconcileSummary summary)
    {
        Change("expired", summary.Expired);
        Change("requeued", summary.Requeued);
        Change("warned", summary.Warned);
        Change("proof_purged", summary.ProofsPurged);
        Change("attempt_purged", summary.AttemptsPurged);
        Change("passcode_purged", summary.PasscodesPurged);
        Change("event_purged", summary.EventsPurged);
        Failure("unreadable", summary.Unreadable);
        Failure("failed", summary.Failed);
    }

    private static void Change(string what, int count) => Count(Reconciled, "prestage.reconcile.change", what, count);

    private static void Failure(string what, int count) => Count(ReconcileFailures, "prestage.reconcile.failure", what, count);

    private static void Count(Counter<long> counter, string attribute, string what, int count)
    {
        if (count > 0)
        {
            counter.Add(count, new KeyValuePair<string, object?>(attribute, what));
        }
    }

    private static KeyValuePair<string, object?> State(EnrollmentState state) => new("prestage.enrollment.state", EnrollmentNames.Of(state));

    private static Histogram<double> Seconds(string name, string description, double[] bounds) =>
        Meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
