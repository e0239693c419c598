using Prestage.Simulators;
using Prestage.Simulators.Mac.Faults;

namespace Prestage.Tests.Faults;

/// <summary>What the shim may say, as warning or cause, of a fault of a step's call. What is not here must pass without a word.</summary>
internal static class FaultWords
{
    private const string Kept = "enrollment-user-kept:";
    private const string Unsure = $"secure-token-disagreement {Kept}no-secure-token";
    private const string Locked = "filevault-before-token";
    private const string Ungranted = $"secure-token-not-granted {Locked}";
    private const string Unmade = "directory-unreadable account-not-created account-missing agent-restarted";

    // The step; how the call begins; what may be said while the fault lasts or comes back; the faults that are believed at once, as they are clear answers.
    private static readonly (string Step, string Call, string Codes, string Believed)[] Table =
    [
        ("preflight", "ioreg", "no-serial-number", ""),
        ("preflight", "sntp", "deadline", ""),
        ("window", "codesign", "swift-dialog-unavailable", "codesign-other-team"),
        ("window", "plutil", "swift-dialog-unavailable", ""),
        ("agent", "pkgutil --check-signature", "agent-signature", ""),
        ("agent", "installer", "agent-not-installed", "installer-hang"),
        ("agent", "stat", $"service-account-unavailable token-admin-refused {Locked}", ""),
        ("identify", "dscl -read /Users/anna", Unmade, ""),
        ("identify", "pwpolicy", "account-left-over", ""),
        ("identify", "dscl -create", "account-left-over", ""),
        ("identify", "dscl -read /Users/bea", "directory-unreadable account-left-over account-left-over:account-not-shown", "dscl-record-not-found"),
        ("identify", "dscl -read /Groups/admin", "account-left-over:last-admin", ""),
        ("create-account", "dscl -read /Users/anna", Unmade, ""),
        ("create-account", "sysadminctl -addUser", "account-not-created local-password-policy no-answer", "add-user-policy-refusal"),
        ("create-account", "dseditgroup checkmember", "admin-not-set agent-restarted", ""),
        ("create-account", "dscl -authonly", "local-password", ""),
        ("create-account", "sysadminctl -secureTokenStatus", Unsure, ""),
        ("create-account", "createhomedir", "home-missing", ""),
        ("secure-token", "sysadminctl -secureTokenStatus anna", $"{Unsure} {Ungranted}", ""),
        ("secure-token", "sysadminctl -secureTokenStatus enroll", $"token-admin-unable {Locked}", "token-status-disabled token-status-unknown-user"),
        ("secure-token", "sysadminctl -secureTokenOn", Ungranted, ""),
        ("secure-token", "diskutil apfs listUsers", $"{Unsure} {Ungranted}", ""),
        ("secure-token", "dscl -list", $"{Kept}no-secure-token", ""),
        ("secure-token", "dscl -read /Users/anna", $"directory-unreadable {Ungranted} account-missing agent-restarted", "dscl-record-not-found"),
        ("secure-token", "profiles", "secure-token-unavailable", "profiles-not-escrowed"),
        ("secure-token", "stat", $"token-admin-refused {Locked}", ""),
        ("secure-token", "dseditgroup", $"token-admin-unable {Locked}", "dseditgroup-not-a-member"),
        ("secure-token", "fdesetup list", $"{Ungranted} secure-token-disagreement", ""),
        ("secure-token", "fdesetup status", "filevault-forced", "fdesetup-deferred"),
        ("associate", "dscl -read /Users/anna", "directory-unreadable account-missing agent-restarted", ""),
        ("associate", "dseditgroup checkmember", "admin-not-set agent-restarted", ""),
        ("hand-over", "dscl -read /Users/enroll UniqueID", $"directory-unreadable {Kept}record-unreadable", ""),
        ("hand-over", "dscl -create", "enrollment-user-visible", ""),
        ("hand-over", "dscl -read /Users/enroll IsHidden", "enrollment-user-visible", ""),
        ("hand-over", "defaults", "auto-login-left", ""),
        ("hand-over", "pkill", "session-not-ended", ""),
        ("wait-for-login", "dscl -read /Users/anna", "directory-unreadable", ""),
        ("wait-for-login", "diskutil apfs listUsers", Unsure, ""),
        ("wait-for-login", "sysadminctl -secureTokenStatus", Unsure, ""),
        ("wait-for-login", "fdesetup list", "secure-token-disagreement", ""),
        ("complete", "dscl -read /Users/anna", $"directory-unreadable {Kept}last-admin", ""),
        ("remove-enrollment-user", "dscl -read /Users/enroll", $"directory-unreadable {Kept}record-unreadable", ""),
        ("remove-enrollment-user", "dscl -read /Users/anna", $"directory-unreadable {Kept}last-admin", ""),
        ("remove-enrollment-user", "dscl -read /Groups/admin", $"{Kept}last-admin", ""),
        ("remove-enrollment-user", "dscl -list", $"{Kept}no-secure-token", ""),
        ("remove-enrollment-user", "diskutil apfs listUsers", $"{Kept}no-secure-token", ""),
        ("remove-enrollment-user", "scutil", $"{Kept}person-not-logged-in", ""),
        ("remove-enrollment-user", "pgrep -x", $"{Kept}person-not-logged-in", ""),
        ("remove-enrollment-user", "pgrep -u", $"{Kept}processes-run", ""),
        ("remove-enrollment-user", "id", $"{Kept}deletion-unverified", ""),
        (
            "remove-enrollment-user", "sysadminctl -deleteUser",
            $"{Kept}deletion-unverified {Kept}last-admin-or-token {Kept}not-permitted enrollment-user-left-over:home", "delete-user-keeps-home delete-user-record-left delete-user-last-user"),
    ];

    private static readonly Lazy<string> Page = new(() => File.ReadAllText(Path.Combine(Repository.Root, "docs/support-codes.md")));

    /// <summary>What was said and should not have been.</summary>
    public static IEnumerable<string> Wrong(FaultRow row, RunLog log)
    {
        var said = log.Stops.Select(stop => stop.Cause).Concat(log.Warnings.Select(warning => warning.Code)).Distinct().ToList();
        foreach (var code in said.Where(code => !IsDocumented(code.Split(':'))))
        {
            yield return $"{code} is not documented";
        }

        foreach (var code in said.Except(row.Usual).Except(Allowed(row)))
        {
            yield return $"it says {code}";
        }
    }

    // The code has a line of its own; what is behind its colon has one too, or is named there.
    private static bool IsDocumented(string[] parts) =>
        Page.Value.Contains($"\n| `{parts[0]}` |", StringComparison.Ordinal) && parts.All(part => Page.Value.Contains($"`{part}`", StringComparison.Ordinal));

    private static IEnumerable<string> Allowed(FaultRow row)
    {
        var shows = row.Scenario.Ui != "console" && (row.Call.Command is "launchctl" or "sudo" or "osascript" || row.Call.ToString() == "dialog --jsonfile");
        if (shows && row.Fault.Mode == FaultMode.Hang)
        {
            // A question that hangs looks like a person who does not answer: half a day.
            return ["deadline"];
        }

        // Windows that die are shown again, and three in a row are enough.
        IEnumerable<string> died = shows && row.Scenario.Ui == "swiftDialog" && row.Fault.Times is not 1 ? ["swift-dialog-unavailable"] : [];
        return died.Concat(Table.Where(line => line.Step == row.Step && row.Call.ToString().StartsWith(line.Call, StringComparison.Ordinal))
            .Where(line => row.Fault.Times is not 1 || line.Believed.Split(' ').Contains(row.Fault.Name))
            .SelectMany(line => line.Codes.Split(' ')));
    }
}
