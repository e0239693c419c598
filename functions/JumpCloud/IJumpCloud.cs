namespace Prestage.Functions.JumpCloud;

/// <summary>
/// The verbs that we use of JumpCloud's API, with our organization's key. Every one throws <see cref="DirectoryException"/> when JumpCloud
/// does not do what was asked.
/// </summary>
internal interface IJumpCloud
{
    /// <summary>At most two users whose <paramref name="field"/> equals <paramref name="value"/> without regard to case.</summary>
    Task<IReadOnlyList<SystemUser>> SearchUsersAsync(string field, string value, CancellationToken cancellationToken);

    /// <summary>The user, or null.</summary>
    Task<SystemUser?> FindUserAsync(string userId, CancellationToken cancellationToken);

    /// <summary>The password rules in force for the user.</summary>
    Task<PolicyFields> GetPasswordPolicyAsync(string userId, CancellationToken cancellationToken);

    /// <summary>Sets the password. Never repeated here: a lost answer is the caller's to repeat.</summary>
    Task<PasswordOutcome> SetPasswordAsync(string userId, Secret password, CancellationToken cancellationToken);

    /// <summary>STAGED → ACTIVATED, without a mail of JumpCloud's own; active already is success.</summary>
    Task ActivateUserAsync(string userId, CancellationToken cancellationToken);

    /// <summary>The system's record, or null.</summary>
    Task<SystemRecord?> FindSystemAsync(string systemId, CancellationToken cancellationToken);

    /// <summary>Binds the user to the system; already bound is success, and leaves the sudo attribute as it was.</summary>
    Task AddBindingAsync(string systemId, string userId, bool admin, CancellationToken cancellationToken);

    /// <summary>Sets the sudo attribute of an existing binding.</summary>
    Task UpdateBindingAsync(string systemId, string userId, bool admin, CancellationToken cancellationToken);

    /// <summary>Ids of the people who are directly bound to the system.</summary>
    Task<IReadOnlySet<string>> GetBoundUsersAsync(string systemId, CancellationToken cancellationToken);

    /// <summary>Ids of the systems that the person is directly bound to.</summary>
    Task<IReadOnlySet<string>> GetBoundSystemsAsync(string userId, CancellationToken cancellationToken);

    /// <summary>The direct binding, or null.</summary>
    Task<Binding?> FindBindingAsync(string systemId, string userId, CancellationToken cancellationToken);

    /// <summary>Adds the system to the group; a member already is success.</summary>
    Task AddToGroupAsync(string groupId, string systemId, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the system from the group. False where JumpCloud answers 404: no member, or no such group or system.
    /// </summary>
    Task<bool> RemoveFromGroupAsync(string groupId, string systemId, CancellationToken cancellationToken);

    /// <summary>Ids of all system groups that the system is in.</summary>
    Task<IReadOnlySet<string>> GetGroupsAsync(string systemId, CancellationToken cancellationToken);
}

/// <summary>A person's direct binding to a system.</summary>
internal sealed record Binding(string UserId, bool Admin);

/// <summary>What became of a password.</summary>
/// <param name="User">The user after it, where JumpCloud took the password.</param>
/// <param name="Violations">JumpCloud's codes of the rules that were not met; empty where it took the password.</param>
internal sealed record PasswordOutcome(SystemUser? User, IReadOnlyList<string> Violations);
