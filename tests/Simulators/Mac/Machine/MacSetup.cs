using System.Xml.Linq;
using Prestage.Simulators.Mac.Commands;

namespace Prestage.Simulators.Mac.Machine;

/// <summary>How the Mac comes out of Setup Assistant.</summary>
internal static class MacSetup
{
    /// <summary>Without it macOS does not log in by itself.</summary>
    public const string AutoLoginPassword = "/etc/kcpassword";

    private const string PrivacyGrants = "/Library/Application Support/com.apple.TCC";
    private const string Daemons = "/Library/LaunchDaemons";

    private static readonly string[] Directories =
        ["/Applications", "/Library/Application Support", Daemons, "/Library/Logs", "/Library/Managed Preferences", "/Library/Preferences", "/Users", "/etc", "/opt", "/private/tmp", "/var/db", "/var/log", "/var/root", "/var/run"];

    public static MacState InitialState(SimulatedMacOptions options)
    {
        var user = options.EnrollmentUser;
        var state = AccountRules.Add(
            new MacState { Users = AccountRules.SystemAccounts() },
            new NewAccount(user.ShortName, user.FullName, PasswordDigest.Of(user.Password), user.Admin));
        state = AccountRules.Update(state, user.ShortName, account => account with { SecureToken = user.SecureToken });
        if (user.LoggedIn)
        {
            state = SessionRules.EndLogin(SessionRules.BeginLogin(state, state.Find(user.ShortName)!));
        }

        // The Bootstrap Token comes last: what that login left is what the options ask for.
        return state with
        {
            Screen = options.Screen,
            BootstrapTokenSupported = options.BootstrapTokenSupported,
            BootstrapTokenEscrowed = options.BootstrapTokenEscrowed,
            FileVaultOn = options.FileVaultOn,
            AutoLoginUser = options.AutoLogin ? user.ShortName : null,
            ClockOffset = options.ClockOffset,
        };
    }

    public static void Lay(MacFiles files, MacState state, SimulatedMacOptions options)
    {
        UnixFile.CreateClosedDirectory(files.Root);
        foreach (var directory in Directories)
        {
            Directory.CreateDirectory(files.Of(directory));
        }

        File.WriteAllText(files.Of("/var/db/.AppleSetupDone"), string.Empty);
        File.WriteAllText(files.Of("/Library/Preferences/.GlobalPreferences.plist"), Preferences(options.Languages));
        if (options.TccGrant)
        {
            // Without the grant the shim cannot open it, which for it is as if it were not there.
            Directory.CreateDirectory(files.Of(PrivacyGrants));
            File.WriteAllText(files.Of($"{PrivacyGrants}/TCC.db"), string.Empty);
        }

        if (state.AutoLoginUser is not null)
        {
            files.WritePrivate(AutoLoginPassword, "scrambled");
        }

        foreach (var user in state.People)
        {
            files.CreateHome(user);
        }
    }

    // With a date, as a real one has: the whole file cannot be had as JSON.
    private static string Preferences(IEnumerable<string> languages) => new XDocument(new XElement("plist", new XElement(
        "dict",
        new XElement("key", "com.apple.preferences.timezone.selected_date"),
        new XElement("date", "2026-11-22T09:15:02Z"),
        new XElement("key", "AppleLanguages"),
        new XElement("array", languages.Select(tag => new XElement("string", tag)))))).ToString();

    /// <summary>What launchd finds at a start.</summary>
    public static IReadOnlyList<(string Label, string Plist)> JobsOnDisk(MacFiles files) =>
    [
        .. Directory.GetFiles(files.Of(Daemons), "*.plist").Order(StringComparer.Ordinal)
            .Select(file => (Label: LaunchctlJobs.LabelIn(file)!, Plist: $"{Daemons}/{Path.GetFileName(file)}"))
            .Where(job => job.Label is not null),
    ];
}
