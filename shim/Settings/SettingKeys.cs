using Prestage.Shim.Languages;

namespace Prestage.Shim.Settings;

/// <summary>All settings of the Mac, in the order in which they are written down. <c>./dev profiles</c> makes the files in shim/package from them.</summary>
internal static class SettingKeys
{
    public static readonly SettingKey ServiceUrl = new(
        "serviceUrl", SettingKind.Address, "Address of the service", "Address of the backend, without a path. http only for 127.0.0.1 and localhost.")
    {
        Required = "the service's https:// address",
        Pattern = "^https?://[^/]+/?$",
        Example = "https://prestage.example.com",
    };

    public static readonly SettingKey ConnectKey = new(
        "connectKey", SettingKind.Text, "Connect key",
        "JumpCloud's connect key, with which the agent registers this Mac. Deleted from `config.json` at the end.")
    {
        Required = Settings.ConnectKey.Rule,
        IsSensitive = true,
        Pattern = "^([!-~]{40}|jcc_[0-9a-zA-Z+/]{4,}={0,3})$",
        Example = "0000000000000000000000000000000000000000",
    };

    public static readonly SettingKey DeviceKey = new(
        "deviceKey", SettingKind.Text, "Device key",
        "Only where the backend's `Device__Trust` is record: what all Macs of the organization show instead of a signature. Deleted from `config.json` at the end.")
    {
        IsSensitive = true,
    };

    public static readonly SettingKey AgentPackageUrl = new(
        "agentPackageUrl", SettingKind.Address, "Agent package", "Where the JumpCloud agent's installer package is.")
    {
        Default = "https://cdn02.jumpcloud.com/production/jumpcloud-agent.pkg",
        Pattern = "^https?://.+$",
    };

    public static readonly SettingKey AgentPackageTeamId = new(
        "agentPackageTeamId", SettingKind.Text, "Agent package's team", "Apple team id that must have signed the package: ten capital letters and digits.")
    {
        Default = "N985MXSH85",
        Pattern = "^[A-Z0-9]{10}$",
    };

    public static readonly SettingKey AgentServiceAccount = new(
        "agentServiceAccount", SettingKind.Text, "JumpCloud's service account",
        "What the agent's installer is told of JumpCloud's service account: `create` it with the administrator in the file `secure-token-admin`, `skip` it without a question, `none` for not a word.")
    {
        Default = ServiceAccount.None,
        Choices = [ServiceAccount.None, ServiceAccount.Skip, ServiceAccount.Create],
    };

    public static readonly SettingKey Account = new(
        "account", SettingKind.Text, "Who makes the account",
        "Who makes the account of a person who sets a password here: `prestage` before the binding, or the `agent` after it. Other people's accounts are always the agent's.")
    {
        Default = AccountMaker.Prestage,
        Choices = [AccountMaker.Prestage, AccountMaker.Agent],
    };

    public static readonly SettingKey AccountPicture = new(
        "accountPicture", SettingKind.Text, "Login picture", "Path of a picture on the Mac for an account that `prestage` makes. Without it macOS chooses one.")
    {
        Pattern = "^/.+$",
        Example = "/Library/User Pictures/company.png",
    };

    public static readonly SettingKey EnrollmentUser = new(
        "enrollmentUser", SettingKind.Text, "Enrollment user", "The local user in whose session the enrollment starts.")
    {
        Required = "the short name of the enrollment user",
        Pattern = "^[a-z_][a-z0-9._-]{0,30}$",
        Example = "enroll",
    };

    public static readonly SettingKey DeleteEnrollmentUser = new(
        "deleteEnrollmentUser", SettingKind.Flag, "Delete the enrollment user",
        "Whether that user is deleted at the end, where nobody is locked out by it; else it stays, hidden.")
    {
        Default = "true",
    };

    public static readonly SettingKey AskSecret = new(
        "askSecret", SettingKind.Flag, "Ask for a code",
        "Whether the person is asked for a code besides the identifier. Off where the backend's `Identity__Proof` is none.")
    {
        Default = "true",
    };

    public static readonly SettingKey ProofBinding = new(
        "proofBinding", SettingKind.Flag, "Bind proofs to calls",
        "Whether a signature is bound to its call. Off only where the backend's `Device__ProofBinding` is none.")
    {
        Default = "true",
    };

    public static readonly SettingKey Ui = new("ui", SettingKind.Text, "Window", "How the person is asked: windows by swiftDialog, plain dialogs of macOS, or the terminal.")
    {
        Default = "swiftDialog",
        Choices = ["swiftDialog", "osascript", "console"],
    };

    public static readonly SettingKey DialogPackageUrl = new(
        "dialogPackageUrl", SettingKind.Address, "swiftDialog's package",
        "Where swiftDialog's installer package is, should this Mac not have it. Without it swiftDialog's own release, 2.5.6 before macOS 15 and 3.0.1 from there on.")
    {
        Pattern = "^https?://.+$",
        Example = "https://packages.example.com/dialog-3.0.1-4955.pkg",
    };

    public static readonly SettingKey DialogPackageSha256 = new(
        "dialogPackageSha256", SettingKind.Text, "Its SHA-256", "SHA-256 of that package, 64 small hex digits. Goes with `dialogPackageUrl`.")
    {
        Pattern = "^[0-9a-f]{64}$",
        Example = "8977a08d706a4615b6c48b6b47badf0fd61cd6c9904c7a4712aa4431c612f385",
    };

    public static readonly SettingKey Language = new(
        "language", SettingKind.Text, "Language", "Language of what the person reads. Without it the Mac's own, and English where there is no file for it.")
    {
        Choices = LanguageFiles.Tags,
    };

    public static readonly SettingKey Texts = new(
        "texts", SettingKind.Texts, "Own sentences",
        "Other words for single sentences, by the keys of `shim/Languages/en.json` and with the same {placeholders}, such as `identifierField`.");

    public static readonly SettingKey HelpUrl = new(
        "helpUrl", SettingKind.Address, "Help page",
        "A page that the button Help of swiftDialog's windows opens in the browser; https only. With it the screen behind them is not blurred, which would hide the page.")
    {
        Pattern = "^https://.+$",
        Example = "https://help.example.com/new-mac",
    };

    public static readonly SettingKey BrandingTitle = new("branding.title", SettingKind.Text, "Title", "First line that the person reads. Without it a greeting in their language.");

    public static readonly SettingKey BrandingMessage = new("branding.message", SettingKind.Text, "Message", "What stands above the steps; swiftDialog takes Markdown.");

    public static readonly SettingKey BrandingLogo = new(
        "branding.logo", SettingKind.Text, "Logo", "Path of a picture on the Mac, or one of Apple's symbols as `SF=building.2`. Shown by swiftDialog.");

    /// <summary>Every key there is.</summary>
    public static IReadOnlyList<SettingKey> All { get; } =
    [
        ServiceUrl,
        ConnectKey,
        DeviceKey,
        AgentPackageUrl,
        AgentPackageTeamId,
        AgentServiceAccount,
        Account,
        AccountPicture,
        EnrollmentUser,
        DeleteEnrollmentUser,
        AskSecret,
        ProofBinding,
        Ui,
        DialogPackageUrl,
        DialogPackageSha256,
        Language,
        Texts,
        HelpUrl,
        BrandingTitle,
        BrandingMessage,
        BrandingLogo,
    ];
}
