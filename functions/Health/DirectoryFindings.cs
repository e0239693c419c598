using Prestage.Functions.JumpCloud;
using static Prestage.Functions.Health.DependencyStatus;

namespace Prestage.Functions.Health;

/// <summary>What a failure of JumpCloud means, and what to do.</summary>
internal static class DirectoryFindings
{
    /// <summary>The code of a group that JumpCloud does not have.</summary>
    public const string GroupMissing = "group-missing";

    /// <summary>The code of a group that a rule fills.</summary>
    public const string GroupDynamic = "group-dynamic";

    /// <summary>The code of a group that our key may not read.</summary>
    public const string GroupUnreadable = "group-unreadable";

    /// <summary>The finding of a failed read.</summary>
    public static Finding Of(DirectoryException failed, string remedy) => (failed.Failure, failed.Route, failed.Status) switch
    {
        _ when failed.WasHeldBack => new(
            Degraded, "directory-crowded", "This instance has as many calls to JumpCloud under way as it allows itself, and this one's turn did not come.",
            "Wait: Macs do. If it lasts, JumpCloud is slow, or more Macs enroll than the instances serve: docs/operations.md, Limits and scale."),
        (DirectoryFailure.KeyRefused, ServiceAccountTokens.Route, 403) => new(
            Down, "service-account-role", "JumpCloud's token endpoint refuses the scope api to the service account.",
            "Give the service account a role that allows the API, in JumpCloud under Settings, Service Accounts."),
        (DirectoryFailure.KeyRefused, ServiceAccountTokens.Route, var status) => new(
            Down, "service-account-refused", $"JumpCloud's token endpoint refuses the service account's client id or secret (HTTP {status}).",
            $"Make a new client secret and put it into the vault secret {ServiceAccountTokens.ClientSecretName}: it is picked up without a restart."),
        (_, ServiceAccountTokens.Route, var status) => new(
            Down, "token-endpoint-unavailable", $"JumpCloud's token endpoint gives no token ({Answer(status)}).",
            "Wait, and look at JumpCloud's status page; if it never worked: is JumpCloud__TokenUrl right?"),
        (DirectoryFailure.KeyRefused, _, 401) => new(
            Down, "key-refused", "JumpCloud refuses our key or token (HTTP 401): it is revoked, expired or of another organization.", $"{remedy}."),
        (DirectoryFailure.KeyRefused, var route, _) => new(
            Down, "access-refused", $"JumpCloud answers 403 to {route}: the key's or service account's role is too weak, or this app's address is blocked.",
            "Give the administrator of the key, or the service account, a role that may do it; else ask JumpCloud about blocked addresses."),
        (DirectoryFailure.Busy, _, null) => new(
            Down, "directory-unreachable", "JumpCloud does not answer.",
            "Look at JumpCloud's status page; else see that this app's network reaches JumpCloud__BaseUrl."),
        (DirectoryFailure.Busy, var route, >= 200 and < 300) => new(
            Down, "directory-unreadable", $"What answers at JumpCloud__BaseUrl to {route} is not JumpCloud's API.", "Is JumpCloud__BaseUrl right, or a proxy in between?"),
        (DirectoryFailure.Busy, _, var status) => new(
            Degraded, "directory-busy", $"JumpCloud answers that it cannot now (HTTP {status}).", "Wait: Macs do. If it lasts, look at JumpCloud's status page."),
        (DirectoryFailure.Missing, var route, _) => new(
            Down, "organization-unknown", $"JumpCloud answers 404 to {route}: it knows no such organization for our key, or it is not JumpCloud's API.",
            "Set JumpCloud__OrgId to the id of the key's organization; else see that JumpCloud__BaseUrl is the address of its region."),
        (_, var route, var status) => new(
            Down, "directory-unexpected", $"JumpCloud answers {route} with HTTP {status}.", "Is JumpCloud__BaseUrl right?"),
    };

    /// <summary>The finding of a call of an enrollment that was answered 403, although the key is taken.</summary>
    public static Finding OfRole(string route) => new(
        Down, "role-refused", $"JumpCloud takes our key and answered 403 to {route}.",
        "Give the administrator of the key, or the service account, a role that may do it. This goes by itself a quarter of an hour after the last such answer.");

    /// <summary>The finding of a group that our key may not read.</summary>
    public static Finding OfUnreadableGroup(string id) => new(
        Degraded, GroupUnreadable, $"JumpCloud takes our key and does not let it read the system group {id}: whether Macs can be put in is not known.",
        "Give the administrator of the key, or the service account, a role that may read and change device groups.");

    /// <summary>The finding of a group that the settings name.</summary>
    public static Finding OfGroup(string setting, string id, SystemGroup? group) => group switch
    {
        null => new(
            Down, GroupMissing, $"JumpCloud has no system group {id}.",
            $"Set {setting} to the id of an existing static system group, or to nothing; the id is in the group's address in JumpCloud's console."),
        { MembershipMethod: "DYNAMIC_AUTOMATED" } => new(
            Down, GroupDynamic, $"The system group {group.Name} ({id}) is dynamic: a rule decides who is in it, and a Mac that is added is dropped again.",
            $"Switch its membership to static in JumpCloud, or set {setting} to a static system group."),
        { MembershipMethod: "DYNAMIC_REVIEW_REQUIRED" } => new(
            Degraded, "group-reviewed", $"The system group {group.Name} ({id}) has a rule that proposes changes: who accepts one may take enrolled Macs out.",
            $"Switch its membership to static in JumpCloud, or set {setting} to a static system group."),
        _ => Finding.Ok($"{group.Name} is static."),
    };

    private static string Answer(int? status) => status is null ? "no answer" : $"HTTP {status}";
}
