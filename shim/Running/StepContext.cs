using Prestage.Shim.Backend;
using Prestage.Shim.Logging;
using Prestage.Shim.Mac;
using Prestage.Shim.Settings;
using Prestage.Shim.State;
using Prestage.Shim.Ui;
using Prestage.Wire;

namespace Prestage.Shim.Running;

/// <summary>What the steps work with, and the little that is kept in memory only.</summary>
internal sealed class StepContext
{
    public required ShimSettings Settings { get; init; }

    public required MacSystem Mac { get; init; }

    public required EnrollmentBackend Backend { get; init; }

    public required ServiceClock Clock { get; init; }

    public required PackageDownload Download { get; init; }

    public required JournalStore Journal { get; init; }

    public required StateDirectory State { get; init; }

    public required IUserInterface Ui { get; init; }

    public required Reporter Reporter { get; init; }

    public required StepLog Log { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>When this program was built: it cannot be earlier than that.</summary>
    public required DateTimeOffset Built { get; init; }

    /// <summary>The chosen password between step 6 and the end of step 8; lost with the process.</summary>
    public Secret? Password { get; set; }

    public string? SerialNumber { get; set; }

    public string OsVersion { get; set; } = string.Empty;

    /// <summary>The person's account, known from step 5 on.</summary>
    public Account Account => Journal.Current.Account ?? throw new EnrollmentGoneException();
}
