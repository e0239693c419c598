using Prestage.Simulators.Mac.Faults;
using Xunit;

namespace Prestage.Tests.Faults;

/// <summary>One case of the matrix: from the begin of that step on, that call has that fault.</summary>
/// <param name="Usual">The warnings of its scenario without a fault.</param>
internal sealed record FaultRow(Scenario Scenario, string Step, CommandKind Call, MacFault Fault, IReadOnlyList<string> Usual)
{
    /// <summary>What the shim does before its first step.</summary>
    public const string Start = "start";

    // More often than a tool is asked again.
    private const int Again = 4;

    private static readonly MacFault[] Stubborn =
    [
        MacFaults.UserCanceled.Always(), MacFaults.Phantom("launchctl", "reboot logout").Always(), MacFaults.BootOutPhantom.For("bootout gui/").Always(),
    ];

    private static readonly Scenario[] Scenarios =
    [
        Scenario.Usual,
        new("the agent makes the account") { SetsPassword = false, Anew = ["secure-token", "associate", "wait-for-login"] },
        new("the enrollment user is the last administrator") { Admin = false, Anew = ["hand-over", "wait-for-login", "remove-enrollment-user"] },
        new("an administrator is lent") { LentAdmin = true, Anew = ["secure-token"] },
        new("an account of the name is there") { AccountIsThere = true },
        new("another person was here before") { Supersedes = true },
        new("FileVault is off") { FileVaultOn = false },
        new("the agent is slow") { AgentDelay = TimeSpan.FromSeconds(100) },
        new("no home is made") { Faults = [MacFaults.AddUserWithoutHome.Always()] },
        new("another password is set") { Faults = [MacFaults.AuthenticationFailed.Exactly(1)] },
        new("the session is stubborn") { Faults = Stubborn },
        new("the clock is years off") { ClockAhead = TimeSpan.FromDays(-7300) },
        new("plain windows") { Ui = "osascript" },
        Scenario.Windows,
    ];

    /// <summary>
    /// Each pair of step and call in the first scenario that has it, some in others too; with all its faults: once, a few times, and for good. Where
    /// windows ask, all of them again, once.
    /// </summary>
    public static async Task<IReadOnlyList<FaultRow>> AllAsync()
    {
        HashSet<(string, CommandKind)> known = [];
        List<FaultRow> rows = [];
        foreach (var scenario in Scenarios)
        {
            var (calls, usual) = await RunAsync(scenario);
            foreach (var (step, call) in calls)
            {
                var whole = known.Add((step, call)) || scenario.Anew.Contains(step);
                var faults = call.Faults().SelectMany(fault => whole ? [fault, fault.Exactly(Again), fault.Always()] : scenario.OnceAnew ? [fault] : Array.Empty<MacFault>());
                rows.AddRange(faults.Select(fault => new FaultRow(scenario, step, call, fault, usual)));
            }
        }

        return rows;
    }

    public static string Describe(IReadOnlyList<FaultRow> rows) =>
        $"{rows.Count} rows: {rows.Count(row => row.Fault.Times is 1)} faults that strike once, {rows.Count(row => row.Fault.Times is Again)} a few times, {rows.Count(row => row.Fault.Times is null)} always; "
        + $"{rows.DistinctBy(row => row.Step).Count()} steps, {rows.DistinctBy(row => (row.Step, row.Call)).Count()} calls of steps, "
        + $"{rows.DistinctBy(row => row.Call.Command).Count()} commands, {rows.DistinctBy(row => row.Fault.Name).Count()} faults, {rows.DistinctBy(row => row.Scenario).Count()} scenarios";

    public override string ToString() => $"{Step}: {Call}: {Fault.Name}{Fault.Times switch { 1 => string.Empty, null => ", always", var times => $", {times} times" }} ({Scenario.Name})";

    // What each step calls when nothing goes wrong.
    private static Task<(IReadOnlyList<(string Step, CommandKind Call)> Calls, IReadOnlyList<string> Warnings)> RunAsync(Scenario scenario) => VirtualTime.RunAsync(async time =>
    {
        await using var world = new FaultWorld(time, scenario);
        List<(string Step, CommandKind Call)> calls = [];
        var (step, seen) = (Start, 0);
        world.At = (name, before) =>
        {
            var all = world.Mac.Journal.Calls;
            calls.AddRange(all.Skip(seen).Select(call => (step, CommandKind.Of(call))));
            (step, seen) = (name, all.Count);
            return Task.CompletedTask;
        };
        var verdict = Verdict.OfPassing(world, await world.RunAsync(3, TimeSpan.FromHours(3)));
        Assert.True(verdict.Wrong.Count == 0, $"{scenario.Name}: {string.Join("; ", verdict.Wrong)}");
        return ((IReadOnlyList<(string, CommandKind)>)[.. calls.Distinct()], (IReadOnlyList<string>)[.. RunLog.Read(world.Output.ToString()).Warnings.Select(warning => warning.Code)]);
    });
}
