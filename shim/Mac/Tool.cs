namespace Prestage.Shim.Mac;

/// <summary>The absolute paths of the commands that are run; a daemon has no useful PATH.</summary>
internal static class Tool
{
    public const string Caffeinate = "/usr/bin/caffeinate";
    public const string CodeSign = "/usr/bin/codesign";
    public const string CreateHomeDir = "/usr/sbin/createhomedir";
    public const string Date = "/bin/date";
    public const string Defaults = "/usr/bin/defaults";
    public const string Df = "/bin/df";
    public const string Diskutil = "/usr/sbin/diskutil";
    public const string Dscl = "/usr/bin/dscl";
    public const string DsEditGroup = "/usr/sbin/dseditgroup";
    public const string FdeSetup = "/usr/bin/fdesetup";
    public const string Id = "/usr/bin/id";
    public const string Installer = "/usr/sbin/installer";
    public const string Ioreg = "/usr/sbin/ioreg";
    public const string Kill = "/bin/kill";
    public const string Launchctl = "/bin/launchctl";
    public const string OsaScript = "/usr/bin/osascript";
    public const string Pgrep = "/usr/bin/pgrep";
    public const string Pkill = "/usr/bin/pkill";
    public const string Pkgutil = "/usr/sbin/pkgutil";
    public const string Plutil = "/usr/bin/plutil";
    public const string Profiles = "/usr/bin/profiles";
    public const string PwPolicy = "/usr/bin/pwpolicy";
    public const string Scutil = "/usr/sbin/scutil";
    public const string Sntp = "/usr/bin/sntp";
    public const string Stat = "/usr/bin/stat";
    public const string Sudo = "/usr/bin/sudo";
    public const string SwVers = "/usr/bin/sw_vers";
    public const string SysAdminCtl = "/usr/sbin/sysadminctl";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Caffeinate, CodeSign, CreateHomeDir, Date, Defaults, Df, Diskutil, Dscl, DsEditGroup, FdeSetup, Id, Installer, Ioreg, Kill, Launchctl, OsaScript, Pgrep,
        Pkill, Pkgutil, Plutil, Profiles, PwPolicy, Scutil, Sntp, Stat, Sudo, SwVers, SysAdminCtl,
    ];
}
