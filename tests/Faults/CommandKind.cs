using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Faults;

namespace Prestage.Tests.Faults;

/// <summary>Calls that differ in nothing that matters: a command, and the part of its arguments that says what is asked of it.</summary>
internal sealed record CommandKind(string Command, string Argument)
{
    private const int LongButInTime = 45;

    // Those that can say success and do nothing.
    private static readonly string[] Changes =
    [
        "sysadminctl -addUser", "sysadminctl -deleteUser", "sysadminctl -secureTokenOn", "sysadminctl -autologin", "dscl -create", "dscl -passwd", "dseditgroup edit", "createhomedir", "installer",
        "launchctl asuser", "launchctl bootout", "launchctl kickstart", "launchctl reboot", "osascript", "pkill", "pwpolicy", "diskutil apfs updatePreboot",
    ];

    public static CommandKind Of(MacCall call) => new(call.Command, (call.Command, call.Arguments) switch
    {
        ("sysadminctl", [var verb, var name, ..]) => $"{verb} {name}",
        ("dscl", [_, var verb, var record, var key, ..]) => $"{verb} {record} {key}",
        ("dscl", [_, var verb, var record]) => $"{verb} {record}",
        ("dseditgroup", [_, var operation, var option, var name, ..]) => $"{operation} {option} {name}",
        ("launchctl", ["reboot", var what, ..]) => $"reboot {what}",
        ("launchctl" or "pkgutil" or "fdesetup" or "defaults" or "dialog", [var verb, ..]) => verb,
        ("diskutil", [var area, var verb, ..]) => $"{area} {verb}",
        ("profiles", [_, _, var type]) => type,
        ("pgrep" or "pkill", [.., "-x", var process]) => $"-x {process}",
        ("pwpolicy", [.., var verb]) => verb,
        ("pgrep", var all) => string.Join(' ', all),
        _ => string.Empty,
    });

    /// <summary>The known faults of such a call, and what can befall any.</summary>
    public IEnumerable<MacFault> Faults() => All().DistinctBy(fault => fault.Name);

    public override string ToString() => $"{Command} {Argument}".TrimEnd();

    private IEnumerable<MacFault> All()
    {
        foreach (var known in MacFaults.All.Where(fault => fault.Command == Command && (fault.Argument is null || ToString().Contains(fault.Argument, StringComparison.Ordinal))))
        {
            yield return known.For(Argument);
        }

        yield return MacFaults.Hang(Command, Argument);
        yield return MacFaults.Slow(Command, TimeSpan.FromSeconds(LongButInTime), Argument);
        yield return MacFaults.WrongExitCode(Command, 1, Argument);
        yield return MacFaults.Says("denied", Command, Argument, 1, errors: "Operation not permitted\n");
        yield return MacFaults.Says("killed", Command, Argument, 137);
        yield return MacFaults.Says("empty", Command, Argument, 0);
        yield return MacFaults.Says("malformed", Command, Argument, 0, "<dictionary> {\n+-- 0123: : YES\n", "*** terminating due to uncaught exception\n");
        if (Changes.Any(change => ToString().StartsWith(change, StringComparison.Ordinal)))
        {
            yield return MacFaults.Phantom(Command, Argument);
        }
    }
}
