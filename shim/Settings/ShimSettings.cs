namespace Prestage.Shim.Settings;

/// <summary>How this Mac is to enroll. docs/mac-settings.md has each key.</summary>
/// <param name="ServiceUrl">The backend; https, or http on loopback.</param>
/// <param name="DeviceKey">Only for the weaker trust mode <c>record</c>.</param>
/// <param name="ConnectKey">Registers the agent; reads nothing.</param>
/// <param name="AgentPackageUrl">Where the JumpCloud agent's package is.</param>
/// <param name="AgentPackageTeamId">Apple team id that must have signed it.</param>
/// <param name="AgentServiceAccount">One of <see cref="ServiceAccount"/>.</param>
/// <param name="Account">One of <see cref="AccountMaker"/>.</param>
/// <param name="AccountPicture">Path on the Mac; null for one of macOS's own.</param>
/// <param name="EnrollmentUser">Short name of the local user in whose session the enrollment starts.</param>
/// <param name="DeleteEnrollmentUser">Delete that user at the end; else it stays hidden.</param>
/// <param name="AskSecret">Ask the person for the proof besides the identifier.</param>
/// <param name="ProofBinding">Off only where the backend's <c>Device:ProofBinding</c> is <c>none</c>.</param>
/// <param name="Ui">How the person is asked.</param>
/// <param name="DialogPackage">swiftDialog's package, where it is not the pinned one.</param>
/// <param name="Language">Tag of one of the language files; null for the Mac's own languages.</param>
/// <param name="Texts">The organization's own sentences by key, instead of those in the language files.</param>
/// <param name="HelpUrl">The page behind the windows' button Help; null for no button.</param>
/// <param name="Branding">What the window says above the steps.</param>
internal sealed record ShimSettings(
    Uri ServiceUrl, Secret? DeviceKey, ConnectKey ConnectKey, Uri AgentPackageUrl, string AgentPackageTeamId, string AgentServiceAccount,
    string Account, string? AccountPicture, string EnrollmentUser, bool DeleteEnrollmentUser, bool AskSecret, bool ProofBinding,
    UiKind Ui, PinnedPackage? DialogPackage, string? Language,
    IReadOnlyDictionary<string, string> Texts, Uri? HelpUrl, Branding Branding);

/// <summary>Who makes the account of a person who sets a password on this Mac.</summary>
internal static class AccountMaker
{
    /// <summary>This program, before the binding.</summary>
    public const string Prestage = "prestage";

    /// <summary>The JumpCloud agent, after it.</summary>
    public const string Agent = "agent";
}

/// <summary>What the agent's installer is told of JumpCloud's service account.</summary>
internal static class ServiceAccount
{
    /// <summary>Nothing: the agent asks whom it likes.</summary>
    public const string None = "none";

    /// <summary>To go without it, and not to ask.</summary>
    public const string Skip = "skip";

    /// <summary>To make it with the administrator of the file <c>secure-token-admin</c>.</summary>
    public const string Create = "create";
}

/// <summary>How the person is asked.</summary>
internal enum UiKind
{
    SwiftDialog,
    Osascript,
    Console,
}

/// <summary>The organization's words and logo; without a title there is a greeting in the person's language.</summary>
internal sealed record Branding(string? Title, string? Message, string? Logo);

/// <summary>Settings that cannot be used; one sentence for each key.</summary>
internal sealed class SettingsException(IReadOnlyList<string> errors) : Exception(string.Join(" ", errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
