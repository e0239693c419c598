namespace Prestage.Shim.Ui.SwiftDialog;

/// <summary>What of swiftDialog is on the Mac.</summary>
/// <param name="Program">What shows windows, as a path of the Mac; null if it is not to be used.</param>
/// <param name="Refusal">Why it is not used; null if it is, or if it is not there.</param>
/// <param name="CanBeReplaced">Whether a package may be installed over it.</param>
internal sealed record InstalledDialog(string? Program, string? Refusal, bool CanBeReplaced)
{
    /// <summary>The signed bundle.</summary>
    public const string App = "/Library/Application Support/Dialog/Dialog.app";

    /// <summary>It is not there.</summary>
    public static readonly InstalledDialog Missing = new(null, null, CanBeReplaced: true);

    /// <summary>
    /// The command line tool of 3.x, and the program of 2.x that takes the same arguments. Both are in the bundle; <see cref="Command"/>, which leads
    /// to them, is not, and on many Macs its directory belongs to a person.
    /// </summary>
    public static IReadOnlyList<string> Programs { get; } = [$"{App}/Contents/MacOS/dialogcli", $"{App}/Contents/MacOS/Dialog"];

    /// <summary>What the package puts there besides. Never run; without it the installation is not whole.</summary>
    public const string Command = "/usr/local/bin/dialog";

    public bool IsUsable => Program is not null;

    public static InstalledDialog Refused(string why, bool canBeReplaced) => new(null, why, canBeReplaced);
}
