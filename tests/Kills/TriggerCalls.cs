using Prestage.Functions.Enrollments;
using Prestage.Functions.PoisonMessage;
using Prestage.Simulators.JumpCloud;

namespace Prestage.Tests.Kills;

/// <summary>A delivery that finishes the enrollment.</summary>
internal sealed class FinishingDelivery(StoredWorld stored, SimulatedJumpCloud jumpCloud, string finalGroup) : TriggerCall(stored, jumpCloud, finalGroup);

/// <summary>A delivery before JumpCloud shows the account: it puts a later message.</summary>
internal sealed class EarlyDelivery(StoredWorld stored, SimulatedJumpCloud jumpCloud, string finalGroup) : TriggerCall(stored, jumpCloud, finalGroup)
{
    public override async Task StoreAsync()
    {
        Finishing = await Stored.EnrollmentAsync(EnrollmentState.Finishing, TimeSpan.Zero, isManaged: false);
        await Stored.SendAsync(Finishing);
    }

    public override void Mend() => Stored.ShowManaged(Finishing.SystemId, Finishing.Account.Username);
}

/// <summary>The fifth delivery to a directory that refuses the group: the enrollment fails, by this call or by the message's way over the poison queue.</summary>
internal sealed class LastDelivery(StoredWorld stored, SimulatedJumpCloud jumpCloud, string finalGroup)
    : TriggerCall(stored, jumpCloud, finalGroup)
{
    public override async Task StoreAsync()
    {
        JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Method = "POST", Path = "/api/v2/systemgroups/*/members", Status = 404 });
        Finishing = await Stored.EnrollmentAsync(EnrollmentState.Finishing, TimeSpan.Zero);
        await Stored.SendAsync(Finishing, deliveries: 4);
    }

    public override void Mend() => JumpCloud.Faults.Clear();

    public override Task<IReadOnlyList<string>> WrongAsync(KillPoint point)
    {
        var hasFailed = point is { Call: "POST $batch", Done: true } || IsOfTheEnd(point)
            || point.Call.StartsWith("DELETE ", StringComparison.Ordinal);
        return WrongEndAsync(Finishing, EnrollmentState.Failed, hasFailed ? "failed" : EnrollmentPoison.Code, null);
    }

    // The Mac is taken out of the enrollment group after the move.
    private static bool IsOfTheEnd(KillPoint point) =>
        point.Call.Contains("systemgroups", StringComparison.Ordinal) && point.Occurrence > 1;
}

/// <summary>The timer's call, with something to do of each kind.</summary>
internal sealed class Reconciliation(StoredWorld stored, SimulatedJumpCloud jumpCloud, string enrollmentGroup, string finalGroup)
    : TriggerCall(stored, jumpCloud, finalGroup)
{
    private EnrollmentRow abandoned = null!;
    private EnrollmentRow late = null!;

    public override bool IsTimer => true;

    public override async Task StoreAsync()
    {
        Finishing = await Stored.EnrollmentAsync(EnrollmentState.Finishing, TimeSpan.FromMinutes(15));
        abandoned = await Stored.EnrollmentAsync(EnrollmentState.Verified, TimeSpan.FromHours(25));
        late = await Stored.EnrollmentAsync(EnrollmentState.Associated, TimeSpan.FromDays(8));
        await Stored.LitterAsync();
    }

    public override async Task<IReadOnlyList<string>> WrongAsync(KillPoint point)
    {
        List<string> wrong =
        [
            .. await base.WrongAsync(point),

            // Its mark goes minutes after its end: with a later run, where one was needed.
            .. await WrongEndAsync(abandoned, EnrollmentState.Expired, "expired", null, isWorkedOff: Stored.HasReconciledLater),
            .. await WrongEndAsync(late, EnrollmentState.Associated, "not-finished", enrollmentGroup),
        ];
        var left = await Stored.LitterCountAsync();
        Expect(wrong, left == 0, $"{left} old rows are left");
        return wrong;
    }
}
