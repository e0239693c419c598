namespace Prestage.Shim.Settings;

/// <summary>How this Mac is to enroll. docs/mac-settings.md has each key.</summary>
/// <param name="ServiceUrl">The backend; https, or http on loopback.</param>
/// <param name="DeviceKey">Only for the weaker trust mode <c>record</c>.</param>
/// <param name="ConnectKey">Registers the agent; reads nothing.</param>
/// <param name="AgentPackageUrl">Where the JumpCloud agent's package is.</param>
/// <param name="AgentPackageTeamId">Apple team id that must have signed it.</param>
/// <param name="EnrollmentUser">Short name of the local user in whose session the enrollment starts.</param>
/// <param name="DeleteEnrollmentUser">Delete that user at the end; else it stays hidden.</param>
/// <param name="AskSecret">Ask the person for the proof besides the identifier.</param>
/// <param name="ProofBinding">Off only where the backend's <c>Device:ProofBinding</c> is <c>none</c>.</param>
/// <param name="Ui">How the person is asked.</param>
/// <param name="DialogPackage">swiftDialog's package, where it is not the pinned one.</param>
/// <param name="Language">Tag of one of the language files; null for the Mac's own languages.</param>
/// <param name="Texts">The organization's own sentences by key, instead of those in the language files.</param>
/// <param name="Branding">What the window says above the steps.</param>
internal sealed record ShimSettings(
    Uri ServiceUrl, Secret? DeviceKey, ConnectKey ConnectKey, Uri AgentPackageUrl, string AgentPackageTeamId, string EnrollmentUser,
    bool DeleteEnrollmentUser, bool AskSecret, bool ProofBinding, UiKind Ui, PinnedPackage? DialogPackage, string? Language,
    IReadOnlyDictionary<string, string> Texts, Branding Branding);

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
