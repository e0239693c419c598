namespace Prestage.Simulators.Mac.Faults;

/// <summary>The known failures of the Mac's commands, one constant each. Exit codes and texts as the real commands have them, lies included.</summary>
internal static class MacFaults
{
    public static readonly MacFault TokenStatusDisabled = SysAdminCtl("token-status-disabled", "-secureTokenStatus", "{p}Secure token is DISABLED for user {full}\n");
    public static readonly MacFault TokenStatusUnknownUser = SysAdminCtl("token-status-unknown-user", "-secureTokenStatus", "{p}Unknown user {u}\n");
    public static readonly MacFault AddUserPolicyRefusal = SysAdminCtl("add-user-policy-refusal", "-addUser", "{warning}{p}New account password error.  (5402)\n");
    public static readonly MacFault AddUserPhantom = new("add-user-phantom", "sysadminctl", FaultMode.Phantom, "-addUser");
    public static readonly MacFault AddUserHang = new("add-user-hang", "sysadminctl", FaultMode.Hang, "-addUser");
    public static readonly MacFault AddUserWithoutHome = new("add-user-without-home", "sysadminctl", FaultMode.Behave, "-addUser");
    public static readonly MacFault TokenOnBadCredentials = SysAdminCtl(
        "token-on-bad-credentials", "-secureTokenOn", "### Error:-14090 File:/AppleInternal/Library/BuildRoots/0a1b2c3d/Sources/Admin/DSAuthenticator.m Line:94\n");

    public static readonly MacFault TokenOnNotAuthorised = SysAdminCtl(
        "token-on-not-authorised",
        "-secureTokenOn",
        "{p}setSecureTokenAuthorizationEnabled error Error Domain=com.apple.OpenDirectory Code=5101 \"Authentication server refused operation because the current credentials are not authorized for the requested operation.\"\n");

    public static readonly MacFault TokenOnNotPermitted = SysAdminCtl("token-on-not-permitted", "-secureTokenOn", "Operation is not permitted without secure token unlock.\n");
    public static readonly MacFault TokenOnDoneButDisabled = new("token-on-done-but-disabled", "sysadminctl", FaultMode.Phantom, "-secureTokenOn");
    public static readonly MacFault TokenOnHang = new("token-on-hang", "sysadminctl", FaultMode.Hang, "-secureTokenOn");
    public static readonly MacFault DeleteUserNotFound = SysAdminCtl("delete-user-not-found", "-deleteUser", "{p}User {u} not found\n");
    public static readonly MacFault DeleteUserLastUser = SysAdminCtl(
        "delete-user-last-user",
        "-deleteUser",
        "{p}User {u} can not be deleted (it's either last admin user or last secure token user neither of which can be deleted)\n");

    public static readonly MacFault DeleteUserPhantom = new("delete-user-phantom", "sysadminctl", FaultMode.Phantom, "-deleteUser");
    public static readonly MacFault DeleteUserKeepsHome = new("delete-user-keeps-home", "sysadminctl", FaultMode.Behave, "-deleteUser");
    public static readonly MacFault DeleteUserRecordLeft = new("delete-user-record-left", "sysadminctl", FaultMode.Behave, "-deleteUser");

    public static readonly MacFault RecordNotFound = Says("dscl-record-not-found", "dscl", "-read", 56, errors: "<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)\n");
    public static readonly MacFault NoSuchKey = Says("dscl-no-such-key", "dscl", "IsHidden", 0, errors: "No such key: IsHidden\n");
    public static readonly MacFault CreateDenied = Says(
        "dscl-create-denied", "dscl", "-create", 40, errors: "<main> attribute status: eDSPermissionError\n<dscl_cmd> DS Error: -14120 (eDSPermissionError)\n");

    public static readonly MacFault CreatePhantom = new("dscl-create-phantom", "dscl", FaultMode.Phantom, "-create");
    public static readonly MacFault AuthenticationFailed = Says(
        "dscl-authentication-failed",
        "dscl",
        "-authonly",
        10,
        "Authentication for node /Local/Default failed. (-14090, eDSAuthFailed)\n",
        "<dscl_cmd> DS Error: -14090 (eDSAuthFailed)\n");

    public static readonly MacFault AccountDisabled = Says(
        "dscl-account-disabled",
        "dscl",
        "-authonly",
        87,
        "Authentication for node /Local/Default failed. (-14167, eDSAuthAccountDisabled)\n",
        "<dscl_cmd> DS Error: -14167 (eDSAuthAccountDisabled)\n");

    public static readonly MacFault GroupUnknownUser = Says("dseditgroup-unknown-user", "dseditgroup", "edit", 200, errors: "Record was not found.\n");
    public static readonly MacFault GroupNoRights = Says("dseditgroup-no-rights", "dseditgroup", "edit", 77, errors: "Group could not be edited, permission denied.\n");
    public static readonly MacFault GroupNotFound = Says("dseditgroup-group-not-found", "dseditgroup", "edit", 64, errors: "Group not found.\n");
    public static readonly MacFault NotAMember = Says("dseditgroup-not-a-member", "dseditgroup", "checkmember", 67, "no {u} is NOT a member of admin\n");
    public static readonly MacFault CheckUnknownUser = Says("dseditgroup-check-unknown-user", "dseditgroup", "checkmember", 64, errors: "Unable to find the user record\n");
    public static readonly MacFault HomeNotMade = Says("createhomedir-nothing-made", "createhomedir", null, 0, "creating home directories for (Mac.local)\n");
    public static readonly MacFault IdUnknown = Says("id-no-such-user", "id", null, 1, errors: "id: {u}: no such user\n");
    public static readonly MacFault StatLoginWindow = Says("stat-login-window", "stat", null, 0, "root\n");
    public static readonly MacFault StatSetupAssistant = Says("stat-setup-assistant", "stat", null, 0, "_mbsetupuser\n");
    public static readonly MacFault ScutilNoSuchKey = Says("scutil-no-such-key", "scutil", null, 0, "  No such key\n");
    public static readonly MacFault ScutilLoginWindow = Says("scutil-login-window", "scutil", null, 0, "<dictionary> {\n  GID : 0\n  Name : loginwindow\n  UID : 0\n}\n");

    public static readonly MacFault FileVaultDeferred = Says(
        "fdesetup-deferred", "fdesetup", "status", 0, "FileVault is Off.\nDeferred enablement appears to be active for user 'enroll'.\n");

    public static readonly MacFault FileVaultEncrypting = Says(
        "fdesetup-encrypting", "fdesetup", "status", 0, "FileVault is On.\nEncryption in progress: Percent completed = 12\n");

    public static readonly MacFault FileVaultListEmpty = Says("fdesetup-list-empty", "fdesetup", "list", 0);
    public static readonly MacFault FileVaultListDenied = Says("fdesetup-list-denied", "fdesetup", "list", 1, errors: "Error: This command must be run as root.\n");
    public static readonly MacFault NoCryptoUsers = Says("diskutil-no-crypto-users", "diskutil", null, 0, "No cryptographic users for disk3s1\n");
    public static readonly MacFault CryptoUsersPartial = Says(
        "diskutil-partial", "diskutil", null, 0, "Cryptographic users for disk3s1s1 (2 found)\n|\n+-- 01234567-89AB-CDEF-0123-\n");

    public static readonly MacFault EnrollmentStatusEmpty = Says("profiles-enrollment-empty", "profiles", "enrollment", 0);
    public static readonly MacFault BootstrapTokenNotEscrowed = Says(
        "profiles-not-escrowed",
        "profiles",
        "bootstraptoken",
        0,
        "profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: NO\n");

    public static readonly MacFault BootstrapFailed = Says("launchctl-bootstrap-failed", "launchctl", "bootstrap", 5, errors: "Bootstrap failed: 5: Input/output error\n");
    public static readonly MacFault BootstrapFalselyFailed = new("launchctl-bootstrap-falsely-failed", "launchctl", FaultMode.Afterwards, "bootstrap")
    {
        ExitCode = 5,
        Errors = "Bootstrap failed: 5: Input/output error\n",
    };

    public static readonly MacFault BootOutFailed = Says("launchctl-bootout-failed", "launchctl", "bootout", 3, errors: "Boot-out failed: 3: No such process\n");
    public static readonly MacFault BootOutPhantom = new("launchctl-bootout-phantom", "launchctl", FaultMode.Phantom, "bootout");
    public static readonly MacFault ServiceNotFound = Says(
        "launchctl-print-not-found", "launchctl", "print", 113, errors: "Could not find service \"{u}\" in domain for system\n");

    public static readonly MacFault InstallerNotRoot = Says("installer-not-root", "installer", null, 1, "installer: Must be run as root to install this package.\n");
    public static readonly MacFault InstallerInvalidPath = Says("installer-invalid-path", "installer", null, 1, "installer: Error - the package path specified was invalid: '{u}'.\n");
    public static readonly MacFault InstallerFailed = Says("installer-failed", "installer", null, 1, "installer: The install failed. (The Installer encountered an error that caused the installation to fail. Contact the software manufacturer for assistance.)\n");
    public static readonly MacFault InstallerPhantom = new("installer-phantom", "installer", FaultMode.Phantom);
    public static readonly MacFault InstallerHang = new("installer-hang", "installer", FaultMode.Hang);
    public static readonly MacFault NoSignature = Says("pkgutil-no-signature", "pkgutil", "--check-signature", 1, "Package \"{u}\":\n   Status: no signature\n");
    public static readonly MacFault NotSigned = Says("codesign-not-signed", "codesign", null, 1, errors: "{u}: code object is not signed at all\n");
    public static readonly MacFault SealBroken = Says("codesign-seal-broken", "codesign", null, 1, errors: "{u}: a sealed resource is missing or invalid\n");
    public static readonly MacFault OtherTeam = Says(
        "codesign-other-team", "codesign", null, 3, errors: "test-requirement: code failed to satisfy specified code requirement(s)\n");

    public static readonly MacFault NoReceipt = Says("pkgutil-no-receipt", "pkgutil", "--pkg-info", 1, errors: "No receipt for '{u}' found at '/'.\n");
    public static readonly MacFault SpctlRejected = Says("spctl-rejected", "spctl", null, 3, errors: "{u}: rejected\nsource=no usable signature\n");
    public static readonly MacFault SntpTimeout = Says("sntp-timeout", "sntp", null, 1, errors: "sntp: Exchange failed: Timeout\n");
    public static readonly MacFault UserCanceled = Says("osascript-user-canceled", "osascript", null, 1, errors: "0:0: execution error: User canceled. (-128)\n");

    // A second button (2) and a timer (20) are in none of the shim's windows.
    public static readonly MacFault DialogNoUser = Says("dialog-no-user", "dialog", "--jsonfile", 1, errors: "ERROR: Unable to determine current GUI user\n");
    public static readonly MacFault DialogInfoButton = Says("dialog-info-button", "dialog", "--jsonfile", 3);
    public static readonly MacFault DialogQuit = Says("dialog-quit", "dialog", "--jsonfile", 4);
    public static readonly MacFault DialogQuitCommand = Says("dialog-quit-command", "dialog", "--jsonfile", 5);
    public static readonly MacFault DialogQuitKey = Says("dialog-quit-key", "dialog", "--jsonfile", 10);
    public static readonly MacFault DialogClosed = Says("dialog-closed", "dialog", "--jsonfile", 15);
    public static readonly MacFault DialogNotLaunched = Says("dialog-not-launched", "dialog", null, 255, errors: "ERROR: Dialog.app could not be launched\n");

    /// <summary>Every fault above.</summary>
    public static IReadOnlyList<MacFault> All { get; } =
        [.. typeof(MacFaults).GetFields().Select(field => field.GetValue(null)).OfType<MacFault>()];

    /// <summary>Any command that never answers.</summary>
    public static MacFault Hang(string command, string? argument = null) => new($"{command}-hang", command, FaultMode.Hang, argument);

    /// <summary>Any command that takes long.</summary>
    public static MacFault Slow(string command, TimeSpan delay, string? argument = null) =>
        new($"{command}-slow", command, FaultMode.Slow, argument) { Delay = delay };

    /// <summary>Any command that does its work and ends with a wrong exit code.</summary>
    public static MacFault WrongExitCode(string command, int exitCode, string? argument = null) =>
        new($"{command}-exit-{exitCode}", command, FaultMode.Afterwards, argument) { ExitCode = exitCode };

    /// <summary>Any command that says success and does nothing.</summary>
    public static MacFault Phantom(string command, string? argument = null) => new($"{command}-phantom", command, FaultMode.Phantom, argument);

    /// <summary>Any command that answers this and does nothing: empty, malformed, or a refusal.</summary>
    public static MacFault Says(string name, string command, string? argument, int exitCode, string output = "", string errors = "") =>
        new(name, command, FaultMode.Instead, argument) { ExitCode = exitCode, Output = output, Errors = errors };

    private static MacFault SysAdminCtl(string name, string verb, string errors) => Says(name, "sysadminctl", verb, 0, errors: errors);
}
