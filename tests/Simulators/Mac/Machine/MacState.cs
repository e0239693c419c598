using System.Collections.Immutable;

namespace Prestage.Simulators.Mac.Machine;

/// <summary>Everything the simulated commands know and change: an immutable snapshot.</summary>
internal sealed record MacState
{
    public ImmutableSortedDictionary<string, MacUser> Users { get; init; } = ImmutableSortedDictionary.Create<string, MacUser>(StringComparer.Ordinal);

    /// <summary>The members of the group admin, <c>root</c> first.</summary>
    public ImmutableList<string> Admins { get; init; } = ["root"];

    /// <summary>The graphical session; null at the login window.</summary>
    public ConsoleSession? Console { get; init; }

    /// <summary>What the screen shows while nobody is logged in.</summary>
    public ScreenOwner Screen { get; init; } = ScreenOwner.LoginWindow;

    public ImmutableList<MacProcess> Processes { get; init; } = [];

    public ImmutableSortedDictionary<string, Receipt> Receipts { get; init; } = ImmutableSortedDictionary.Create<string, Receipt>(StringComparer.Ordinal);

    /// <summary>Loaded launchd jobs of the domain <c>system</c>, by label.</summary>
    public ImmutableSortedDictionary<string, LaunchdJob> Jobs { get; init; } = ImmutableSortedDictionary.Create<string, LaunchdJob>(StringComparer.Ordinal);

    public ImmutableSortedSet<string> DisabledJobs { get; init; } = [];

    /// <summary>GeneratedUID by name of crypto users whose record <c>dscl -delete</c> took away; their names cannot be made again.</summary>
    public ImmutableSortedDictionary<string, string> OrphanedCryptoUsers { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public bool BootstrapTokenSupported { get; init; } = true;

    public bool BootstrapTokenEscrowed { get; init; }

    public bool FileVaultOn { get; init; }

    /// <summary>How far this Mac's clock is ahead of the true time, until <c>sntp</c> sets it.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>Whom macOS logs in by itself after a restart, hidden or not; null: nobody.</summary>
    public string? AutoLoginUser { get; init; }

    /// <summary>The restart was, and that login has not been yet.</summary>
    public bool AutoLoginDue { get; init; }

    public long FreeKilobytes { get; init; } = 200L << 20;

    public int NextPid { get; init; } = 400;

    public int NextSession { get; init; } = 100006;

    public IEnumerable<MacUser> People => Users.Values.Where(user => user.IsPerson);

    public MacUser? Find(string name) => Users.GetValueOrDefault(name);

    public MacUser? Find(int uid) => Users.Values.FirstOrDefault(user => user.Uid == uid);

    public bool IsAdmin(string name) => Admins.Contains(name);
}

/// <summary>Whom <c>/dev/console</c> belongs to without a session.</summary>
internal enum ScreenOwner
{
    /// <summary><c>loginwindow</c>, owned by root.</summary>
    LoginWindow,

    /// <summary><c>_mbsetupuser</c>.</summary>
    SetupAssistant,

    /// <summary>Nothing has been published yet: <c>scutil</c> says <c>No such key</c>.</summary>
    Nobody,
}

/// <summary>A graphical login.</summary>
internal sealed record ConsoleSession(string ShortName, int Uid, int SessionId, bool LoginDone);

internal sealed record MacProcess(int Pid, int Uid, string Name);

internal sealed record Receipt(string PackageId, string Version, DateTimeOffset InstalledAt);

/// <summary>A loaded job; without a pid it is not running.</summary>
internal sealed record LaunchdJob(string Label, string Plist, int? Pid);
