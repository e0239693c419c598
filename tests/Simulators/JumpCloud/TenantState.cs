using System.Collections.Immutable;
using System.Text.Json;

namespace Prestage.Simulators.JumpCloud;

/// <summary>A person, with the JSON that searches read and the version of the last write.</summary>
internal sealed record UserRow(TenantUser User, JsonElement Document, long Version)
{
    public static UserRow Of(TenantUser user, long version) =>
        new(user, JsonSerializer.SerializeToElement(user, TenantJson.Default.TenantUser), version);
}

/// <summary>A system with its direct bindings by user id.</summary>
/// <param name="Version">Of the last change of who is bound. What the agent reports is none: it would answer its own report with the next one, for ever.</param>
internal sealed record SystemRow(TenantSystem System, JsonElement Document, ImmutableSortedDictionary<string, Binding> Bindings, long Version)
{
    public static SystemRow Of(TenantSystem system, SystemRow? before, long version) =>
        new(system, JsonSerializer.SerializeToElement(system, TenantJson.Default.TenantSystem),
            before?.Bindings ?? TenantState.NoBindings, before?.Version ?? version);
}

/// <summary>A system group with its members and the people bound through it.</summary>
internal sealed record GroupRow(
    TenantGroup Group, ImmutableSortedSet<string> Members, ImmutableSortedDictionary<string, Binding> Bindings, long Version);

/// <summary>The whole tenant at one moment; a write makes a new one.</summary>
internal sealed record TenantState(
    long Version, ImmutableSortedDictionary<string, UserRow> Users, ImmutableSortedDictionary<string, SystemRow> Systems,
    ImmutableSortedDictionary<string, GroupRow> Groups)
{
    /// <summary>No edges; ids sort by their bytes.</summary>
    public static readonly ImmutableSortedDictionary<string, Binding> NoBindings =
        ImmutableSortedDictionary.Create<string, Binding>(StringComparer.Ordinal);

    /// <summary>No members.</summary>
    public static readonly ImmutableSortedSet<string> NoMembers = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>A tenant with nothing in it.</summary>
    public static readonly TenantState Empty = new(0,
        ImmutableSortedDictionary.Create<string, UserRow>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, SystemRow>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, GroupRow>(StringComparer.Ordinal));

    /// <summary>Adds or replaces a person.</summary>
    public TenantState With(TenantUser user) => this with { Users = Users.SetItem(user.Id, UserRow.Of(user, Version)) };

    /// <summary>Adds or replaces a system, keeping its bindings.</summary>
    public TenantState With(TenantSystem system) =>
        this with { Systems = Systems.SetItem(system.Id, SystemRow.Of(system, Systems.GetValueOrDefault(system.Id), Version)) };

    /// <summary>Adds or replaces a group, keeping its members.</summary>
    public TenantState With(TenantGroup group) => this with
    {
        Groups = Groups.SetItem(group.Id, Groups.TryGetValue(group.Id, out var row)
            ? row with { Group = group, Version = Version } : new GroupRow(group, NoMembers, NoBindings, Version)),
    };

    /// <summary>Adds, replaces or (with null) removes a direct binding.</summary>
    public TenantState WithBinding(string systemId, string userId, Binding? binding)
    {
        var row = Systems[systemId];
        var bindings = binding is null ? row.Bindings.Remove(userId) : row.Bindings.SetItem(userId, binding);
        return this with { Systems = Systems.SetItem(systemId, row with { Bindings = bindings, Version = Version }) };
    }

    /// <summary>Adds or removes a member of a group.</summary>
    public TenantState WithMember(string groupId, string systemId, bool member)
    {
        var group = Groups[groupId];
        var members = member ? group.Members.Add(systemId) : group.Members.Remove(systemId);
        return this with
        {
            Groups = Groups.SetItem(groupId, group with { Members = members, Version = Version }),
            Systems = Systems.SetItem(systemId, Systems[systemId] with { Version = Version }),
        };
    }

    /// <summary>The groups that a system is in.</summary>
    public IEnumerable<GroupRow> GroupsOf(string systemId) => Groups.Values.Where(group => group.Members.Contains(systemId));

    /// <summary>Direct bindings and those through groups; the group is null for a direct one.</summary>
    public IEnumerable<(Binding Binding, TenantGroup? Through)> PathsOf(string systemId) =>
        Systems[systemId].Bindings.Values.Select(binding => (binding, (TenantGroup?)null)).Concat(
            GroupsOf(systemId).SelectMany(group => group.Bindings.Values.Select(binding => (binding, (TenantGroup?)group.Group))));

    /// <summary>The version of the last change that concerns the accounts of a system.</summary>
    public long AccountsVersion(string systemId) => PathsOf(systemId)
        .SelectMany(path => new[] { path.Binding.Version, Users.TryGetValue(path.Binding.UserId, out var user) ? user.Version : 0 })
        .Append(Systems[systemId].Version).Max();
}
