using Prestage.Functions.Problems;
using static Prestage.EnrollmentState;

namespace Prestage.Functions.Enrollments;

/// <summary>The states' legal moves, and what follows from a state. The only place that knows them (docs/contract.md has the picture).</summary>
internal static class EnrollmentMoves
{
    /// <summary>Whether an enrollment may go from one state to the other.</summary>
    public static bool IsLegal(EnrollmentState from, EnrollmentState to) => (from, to) switch
    {
        (Verified, Activated or Associating or Expired or Superseded) => true,
        (Activated, Associating or Expired or Superseded) => true,
        (Associating, Associated) => true,
        (Associated, Finishing) => true,
        (Finishing, Completed) => true,
        (Failed, Finishing or Cancelled) => true,
        (_, Cancelled or Failed) => IsOpen(from),
        _ => false,
    };

    /// <summary>Whether the enrollment still goes on.</summary>
    public static bool IsOpen(EnrollmentState state) => state is Verified or Activated or Associating or Associated or Finishing;

    /// <summary>Whether nothing can continue the enrollment any more; a failed one can be retried.</summary>
    public static bool HasEnded(EnrollmentState state) => state is Completed or Expired or Superseded or Cancelled;

    /// <summary>Whether another person, or the timer, may still end it: nothing was bound yet.</summary>
    public static bool IsBeforeBinding(EnrollmentState state) => state is Verified or Activated;

    /// <summary>The Mac's next call.</summary>
    public static NextStep Next(EnrollmentState state, bool passwordRequired) => state switch
    {
        Verified => passwordRequired ? NextStep.Activate : NextStep.Associate,
        Activated or Associating => NextStep.Associate,
        Associated => NextStep.Complete,
        Finishing => NextStep.Wait,
        _ => NextStep.None,
    };

    /// <summary>Why an enrollment that its Mac has filled with events gets no new token.</summary>
    public static Problem HistoryFull() =>
        Problem.WrongState("This enrollment has all the events that one can have: your IT team can release the Mac.");

    /// <summary>Why a call does not fit the state.</summary>
    public static Problem WrongState(EnrollmentRow enrollment) =>
        Problem.WrongState($"The enrollment is {EnrollmentNames.Of(enrollment.State)}: GET /api/enrollment tells the next step.");
}
