using System.Text.Json.Serialization;
using Prestage.Simulators.Mac.Dialogs;
using Prestage.Simulators.Mac.Faults;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac;

/// <summary>What kind of Mac it is, who sits before it, and how it misbehaves.</summary>
internal sealed class SimulatedMacOptions
{
    /// <summary>The directory that plays <c>/</c>; null makes one below the temporary directory and deletes it at the end.</summary>
    public string? Root { get; set; }

    /// <summary>Whether its commands are executables below the root; else only <see cref="SimulatedMac.RunAsync"/> runs them.</summary>
    public bool Scripts { get; set; } = true;

    public string SerialNumber { get; set; } = "C02SIMULATED1";

    public string Hostname { get; set; } = "Mac.local";

    public string OsVersion { get; set; } = "15.6";

    /// <summary>Chosen in Setup Assistant, the preferred one first.</summary>
    public IReadOnlyList<string> Languages { get; set; } = ["en-US"];

    /// <summary>swiftDialog that is there already; null: none.</summary>
    public string? DialogVersion { get; set; }

    public bool AppleSilicon { get; set; } = true;

    /// <summary>Where the simulated agent finds its tenant; without it the agent never registers.</summary>
    public Uri? JumpCloudBaseUrl { get; set; }

    public EnrollmentUser EnrollmentUser { get; set; } = new();

    /// <summary>Who logs in once the enrollment user is gone from the screen; null: nobody.</summary>
    public Person? Person { get; set; }

    /// <summary>What the screen shows at the start when the enrollment user is not logged in.</summary>
    public ScreenOwner Screen { get; set; } = ScreenOwner.LoginWindow;

    /// <summary>Whose MDM this Mac is in; null: in none. It says nothing of the Bootstrap Token.</summary>
    public string? MdmServer { get; set; } = "https://mdm.example.com/checkin";

    public bool BootstrapTokenSupported { get; set; } = true;

    public bool BootstrapTokenEscrowed { get; set; } = true;

    public bool FileVaultOn { get; set; }

    /// <summary>How far the Mac's clock is ahead.</summary>
    public TimeSpan ClockOffset { get; set; }

    /// <summary>How far what answers as Apple's time servers is ahead of the true time: anybody on the network can.</summary>
    public TimeSpan TimeServerAhead { get; set; }

    /// <summary>From installation to registration, and from a directory change to the changed account.</summary>
    public TimeSpan AgentDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>From a ready account at the login window to the desktop.</summary>
    public TimeSpan LoginDelay { get; set; } = TimeSpan.FromMilliseconds(40);

    /// <summary>How long an ended session or a job takes to be gone.</summary>
    public TimeSpan LogoutDelay { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Whether the caller has <c>SystemPolicySysAdminFiles</c>; without it deletions stop half-way.</summary>
    public bool TccGrant { get; set; } = true;

    /// <summary>macOS logs the enrollment user in by itself after a restart, until that is switched off or the user is gone.</summary>
    public bool AutoLogin { get; set; } = true;

    public bool AgentNeverRegisters { get; set; }

    /// <summary>The agent registers, and then does nothing until its job is started again.</summary>
    public bool AgentSilentUntilRestarted { get; set; }

    /// <summary>The agent takes an account over and leaves its rights as they were.</summary>
    public bool AgentLeavesRights { get; set; }

    /// <summary>Faults by name, see <see cref="MacFaults"/>.</summary>
    public IReadOnlyList<FaultOrder> Faults { get; set; } = [];

    [JsonIgnore]
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>How long a window waits before it looks again at its commands, its person and its session; null: some milliseconds.</summary>
    [JsonIgnore]
    public Func<CancellationToken, Task>? NextLook { get; set; }

    /// <summary>What the agent talks through; null: the machine's own network.</summary>
    [JsonIgnore]
    public HttpMessageHandler? Network { get; set; }

    /// <summary>Whether Apple's time servers can be reached.</summary>
    [JsonIgnore]
    public Func<bool> IsOnline { get; set; } = () => true;

    /// <summary>The agent's key, PEM; null: a new one.</summary>
    [JsonIgnore]
    public (string Private, string Public)? AgentKey { get; set; }
}

/// <summary>The account that Setup Assistant or the MDM made.</summary>
internal sealed class EnrollmentUser
{
    public string ShortName { get; set; } = "enroll";

    public string FullName { get; set; } = "Enroll";

    public string Password { get; set; } = "enroll-Us3r";

    public bool Admin { get; set; } = true;

    public bool SecureToken { get; set; } = true;

    public bool LoggedIn { get; set; } = true;
}

/// <summary>The person before the Mac and what they type at the login window. Not a record, whose text would show the password.</summary>
internal sealed class Person
{
    /// <summary>What the person puts behind a password that was refused as used before.</summary>
    public const string Another = "-b";

    private static readonly string[] UsedBefore = ["You have used it before.", "Sie haben es schon einmal verwendet."];

    public required string Username { get; set; }

    public required string Password { get; set; }

    /// <summary>Reads a window: JumpCloud may have a password whose answer was lost, and refuses it the second time. Then they choose another one.</summary>
    public void Read(string text)
    {
        if (UsedBefore.Any(words => text.Contains(words, StringComparison.Ordinal)))
        {
            Password += Another;
        }
    }

    /// <summary>Whom they say to be.</summary>
    public string Identifier { get; set; } = string.Empty;

    /// <summary>What IT told them.</summary>
    public string Word { get; set; } = string.Empty;

    /// <summary>What happens at the first questions in windows; after that they answer rightly.</summary>
    public IReadOnlyList<PersonAct> Acts { get; set; } = [];

    /// <summary>How many windows they still answer; then they are gone.</summary>
    public int Patience { get; set; } = int.MaxValue;

    /// <summary>Whether they close a plain dialog that only tells something, at once; else it stays until it gives up or is killed.</summary>
    public bool ClosesNotices { get; set; } = true;
}
