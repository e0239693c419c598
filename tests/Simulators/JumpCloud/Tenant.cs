using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;

namespace Prestage.Simulators.JumpCloud;

/// <summary>The tenant's state: typed, in memory, safe for concurrent use. Every method is one atomic change.</summary>
internal sealed class Tenant(SimulatedJumpCloudOptions options)
{
    private readonly Lock gate = new();
    private readonly Queue<(DateTimeOffset Until, TenantState State)> earlier = new();
    private TenantState state = TenantState.Empty;
    private TaskCompletionSource changed = Signal.New();

    /// <summary>The state as writes see it.</summary>
    public TenantState Now => Volatile.Read(ref state);

    /// <summary>The password policy of everyone who has none of their own.</summary>
    public PasswordPolicy Policy { get; set; } = new();

    /// <summary><c>custom</c>, <c>pci3</c> or <c>windows</c>; the policy's fields count only for <c>custom</c>.</summary>
    public string PasswordCompliance { get; set; } = "custom";

    /// <summary>Policies by user id, as custom policies of a user group give.</summary>
    public ConcurrentDictionary<string, PasswordPolicy> PoliciesByUser { get; } = new();

    /// <summary>The state as reads see it: older, when <see cref="SimulatedJumpCloudOptions.ReadDelayMilliseconds"/> says so.</summary>
    public TenantState Read()
    {
        lock (gate)
        {
            var now = options.Clock.GetUtcNow();
            while (earlier.TryPeek(out var oldest) && oldest.Until <= now)
            {
                earlier.Dequeue();
            }

            return earlier.TryPeek(out var visible) ? visible.State : state;
        }
    }

    /// <summary>Changes the state; the function gets it with the new version already in it.</summary>
    public TenantState Write(Func<TenantState, TenantState> change)
    {
        lock (gate)
        {
            var after = change(state with { Version = state.Version + 1 });
            if (options.ReadDelayMilliseconds > 0)
            {
                earlier.Enqueue((options.Clock.GetUtcNow().AddMilliseconds(options.ReadDelayMilliseconds), state));
            }

            state = after;
            (var signal, changed) = (changed, Signal.New());
            signal.TrySetResult();
            return after;
        }
    }

    /// <summary>Ends at the next write.</summary>
    public Task NextWrite()
    {
        lock (gate)
        {
            return changed.Task;
        }
    }

    /// <summary>Adds a person; id, organization and dates are filled in, and a password makes <c>activated</c> true without being judged.</summary>
    public TenantUser AddUser(TenantUser user, string? password = null)
    {
        var added = user with
        {
            Id = user.Id.Length > 0 ? user.Id : NewId(),
            Organization = options.OrgId,
            Created = user.Created.Length > 0 ? user.Created : Timestamp(),
            Activated = user.Activated || password is not null,
            PasswordDate = password is null ? user.PasswordDate : Timestamp(),
            Passwords = password is null ? user.Passwords : [PasswordHash.Of(password, options.PasswordIterations)],
        };
        Write(before => before.With(added));
        return added;
    }

    /// <summary>Adds a system, of this organization unless it names another; id and dates are filled in.</summary>
    public TenantSystem AddSystem(TenantSystem system)
    {
        var added = system with
        {
            Id = system.Id.Length > 0 ? system.Id : NewId(),
            Organization = system.Organization.Length > 0 ? system.Organization : options.OrgId,
            DisplayName = system.DisplayName.Length > 0 ? system.DisplayName : system.Hostname,
            Created = system.Created.Length > 0 ? system.Created : Timestamp(),
            LastContact = system.LastContact ?? Timestamp(),
        };
        Write(before => before.With(added));
        return added;
    }

    /// <summary>Adds a system group.</summary>
    public TenantGroup AddGroup(TenantGroup group)
    {
        var added = group.Id.Length > 0 ? group : group with { Id = NewId() };
        Write(before => before.With(added));
        return added;
    }

    /// <summary>Removes a system group with its members.</summary>
    public void RemoveGroup(string groupId) => Write(before => before with { Groups = before.Groups.Remove(groupId) });

    /// <summary>Replaces a person by what the function makes of them.</summary>
    public TenantUser UpdateUser(string userId, Func<TenantUser, TenantUser> change) =>
        Write(before => before.With(change(before.Users[userId].User))).Users[userId].User;

    /// <summary>Replaces a system by what the function makes of it.</summary>
    public TenantSystem UpdateSystem(string systemId, Func<TenantSystem, TenantSystem> change) =>
        Write(before => before.With(change(before.Systems[systemId].System))).Systems[systemId].System;

    /// <summary>Binds a person to a system directly, or changes the binding.</summary>
    public void Bind(string systemId, string userId, bool sudo = false, bool withoutPassword = false) =>
        Write(before => before.WithBinding(systemId, userId, NewBinding(before, userId, sudo, withoutPassword)));

    /// <summary>Binds a person to every system of a group.</summary>
    public void BindToGroup(string groupId, string userId, bool sudo = false) => Write(before =>
    {
        var group = before.Groups[groupId];
        var bindings = group.Bindings.SetItem(userId, NewBinding(before, userId, sudo, false));
        return before with { Groups = before.Groups.SetItem(groupId, group with { Bindings = bindings, Version = before.Version }) };
    });

    /// <summary>Removes a direct binding.</summary>
    public void Unbind(string systemId, string userId) => Write(before => before.WithBinding(systemId, userId, null));

    /// <summary>Puts a system into a group, also into a dynamic one (as its rule would).</summary>
    public void AddMember(string groupId, string systemId) => Write(before => before.WithMember(groupId, systemId, true));

    /// <summary>Takes a system out of a group.</summary>
    public void RemoveMember(string groupId, string systemId) => Write(before => before.WithMember(groupId, systemId, false));

    /// <summary>Whether this is the person's password.</summary>
    public bool CheckPassword(string userId, string password) =>
        Now.Users.TryGetValue(userId, out var row) && row.User.Password is { } hash && hash.Matches(password);

    /// <summary>The policy that a password of this person is judged by.</summary>
    public PasswordPolicy PolicyFor(string userId) =>
        PoliciesByUser.TryGetValue(userId, out var own) ? own
        : PasswordCompliance == "custom" ? Policy
        : new PasswordPolicy { Name = PasswordCompliance, MinLength = 8 };

    /// <summary>A new binding as of now.</summary>
    internal Binding NewBinding(TenantState before, string userId, bool sudo, bool withoutPassword) =>
        new(userId, sudo, withoutPassword, options.Clock.GetUtcNow(), before.Version);

    /// <summary>The tenant's time as its JSON writes it.</summary>
    internal string Timestamp() => options.Clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    // As MongoDB makes object ids: seconds, then something unique.
    private string NewId() =>
        ((uint)options.Clock.GetUtcNow().ToUnixTimeSeconds()).ToString("x8", CultureInfo.InvariantCulture)
        + RandomNumberGenerator.GetHexString(16, lowercase: true);
}
