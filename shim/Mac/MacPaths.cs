using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>Where everything on the Mac is. The root is empty on a real Mac; <c>PRESTAGE_ROOT</c> puts another Mac under every path and command.</summary>
internal sealed class MacPaths(string root)
{
    private readonly string root = root.TrimEnd('/');

    /// <summary>Which of these paths nobody else can change.</summary>
    public PathTrust Trust { get; } = new(root);

    /// <summary>The launchd label, the settings' domain and the package's identifier.</summary>
    public const string Label = "io.prestage.enroll";

    /// <summary>Root-only directory of journal, token, receipt and <c>config.json</c>.</summary>
    public string StateDirectory => Of("/Library/Application Support/Prestage");

    /// <summary>The settings in the state directory, where no profile brings them.</summary>
    public string ConfigFile => Path.Combine(StateDirectory, "config.json");

    /// <summary>An administrator's name and password for the Secure Token, where IT put them; see <see cref="TokenAdminFile"/>.</summary>
    public string TokenAdmin => Path.Combine(StateDirectory, "secure-token-admin");

    /// <summary>Where the agent's package is fetched to.</summary>
    public string AgentDownload => Path.Combine(StateDirectory, "agent-package");

    /// <summary>Where swiftDialog's package is fetched to.</summary>
    public string WindowDownload => Path.Combine(StateDirectory, "window-download");

    /// <summary>The settings that a configuration profile brings.</summary>
    public string ManagedPreferences => Of($"/Library/Managed Preferences/{Label}.plist");

    /// <summary>This program, as the package installs it: where only root may write.</summary>
    public string Program => Of("/opt/prestage/prestage");

    /// <summary>The Mac's own preferences; Setup Assistant writes the chosen languages there.</summary>
    public string SystemPreferences => Of("/Library/Preferences/.GlobalPreferences.plist");

    /// <summary>What the windows show, for the session at the screen to read; only root writes it.</summary>
    public string WindowDirectory => Of("/Library/Application Support/Prestage Window");

    /// <summary>What launchd starts this program from.</summary>
    public string LaunchDaemon => Of($"/Library/LaunchDaemons/{Label}.plist");

    /// <summary>The log that people and support read.</summary>
    public string LogFile => Of("/Library/Logs/Prestage/prestage.log");

    /// <summary>macOS's privacy grants; only a process with full disk access can open it.</summary>
    public string PrivacyGrants => Of("/Library/Application Support/com.apple.TCC/TCC.db");

    /// <summary>The login window's preferences, as <c>defaults</c> names the file.</summary>
    public string LoginWindow => Of("/Library/Preferences/com.apple.loginwindow");

    /// <summary>The password of automatic login, no more than scrambled.</summary>
    public string AutoLoginPassword => Of("/etc/kcpassword");

    /// <summary>The agent's directory.</summary>
    public string Agent => Of("/opt/jc");

    /// <summary>The root that <c>PRESTAGE_ROOT</c> names, else the Mac's own.</summary>
    public static MacPaths FromEnvironment() => new(Environment.GetEnvironmentVariable("PRESTAGE_ROOT") ?? string.Empty);

    /// <summary>An absolute path of the Mac as this process must open it.</summary>
    public string Of(string absolutePath) => root + absolutePath;
}
