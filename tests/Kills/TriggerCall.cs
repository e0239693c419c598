using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Simulators.JumpCloud;

namespace Prestage.Tests.Kills;

/// <summary>One call of a trigger that something dies in: what it finds, and what has to be true in the end.</summary>
internal abstract class TriggerCall(StoredWorld stored, SimulatedJumpCloud jumpCloud, string finalGroup)
{
    /// <summary>Whether the timer makes it, and not a message.</summary>
    public virtual bool IsTimer => false;

    protected StoredWorld Stored => stored;

    protected SimulatedJumpCloud JumpCloud => jumpCloud;

    /// <summary>The enrollment that is to be finished in the end.</summary>
    protected EnrollmentRow Finishing { get; set; } = null!;

    /// <summary>Stores what the call finds.</summary>
    public virtual async Task StoreAsync()
    {
        Finishing = await stored.EnrollmentAsync(EnrollmentState.Finishing, TimeSpan.Zero);
        await stored.SendAsync(Finishing);
    }

    /// <summary>What changes outside after the kill.</summary>
    public virtual void Mend()
    {
    }

    /// <summary>Waits until nothing is to be done any more; a message that was lost, the timer puts again ten minutes later.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        while (await stored.HasMessagesAsync() || (await stored.FindAsync(Finishing.Id)).State == EnrollmentState.Finishing)
        {
            // In this order: the message is deleted last, or there was none.
            if (!await stored.HasMessagesAsync() && (await stored.FindAsync(Finishing.Id)).State == EnrollmentState.Finishing)
            {
                await stored.ReconcileLaterAsync();
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>What is not as it should be.</summary>
    public virtual Task<IReadOnlyList<string>> WrongAsync(KillPoint point) => WrongEndAsync(Finishing, EnrollmentState.Completed, "completed", finalGroup);

    /// <summary>An enrollment has to be in the state, with one event of the code, closed where it is over, its history whole, its Mac in one group.</summary>
    protected async Task<IReadOnlyList<string>> WrongEndAsync(
        EnrollmentRow enrollment, EnrollmentState state, string code, string? group, bool isWorkedOff = false)
    {
        List<string> wrong = [];
        var history = (await stored.HistoryAsync(enrollment.Id))!;
        var groups = jumpCloud.Tenant.Now.Groups.Where(found => found.Value.Members.Contains(enrollment.SystemId)).Select(found => found.Key).ToList();
        Expect(wrong, history.Enrollment?.State == state, $"it is {history.Enrollment?.State}");
        Expect(wrong, history.Events.Count(happened => happened.Code == code) == 1, $"its events are {string.Join(", ", history.Events.Select(happened => happened.Code))}");
        Expect(wrong, history.Chain.Status == ChainStatus.Intact, $"its history is {history.Chain}");
        Expect(wrong, await stored.HasOpenMarkAsync(enrollment.Id) == (state != EnrollmentState.Completed && !isWorkedOff), "its mark is wrong");
        var isInItsGroup = group is null ? groups.Count == 0 : groups is [var only] && only == group;
        Expect(wrong, isInItsGroup, $"its Mac is in {groups.Count} groups, or in the wrong one");
        return wrong;
    }

    protected static void Expect(List<string> wrong, bool holds, string otherwise)
    {
        if (!holds)
        {
            wrong.Add(otherwise);
        }
    }
}
