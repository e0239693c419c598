using Prestage.Simulators.JumpCloud;

namespace Prestage.Tests.Support;

/// <summary>People of the tenant, as the tests need them.</summary>
internal static class People
{
    public const string Word = "blue-canoe-4417";
    public const string Password = "Correct-Horse-77-battery";

    /// <summary>A person who has no password yet.</summary>
    public static TenantUser New(string name = "anna") => new()
    {
        Username = name,
        Email = $"{name}@example.com",
        Firstname = "Anna",
        Lastname = "Berg",
        EmployeeIdentifier = $"{Word}-{name}",
    };

    /// <summary>A person at work already.</summary>
    public static TenantUser Active(string name = "anna") => New(name) with { State = "ACTIVATED", Activated = true };

    /// <summary>Adds a new person; the secret word is that person's own.</summary>
    public static TenantUser AddPerson(this Backend backend, TenantUser person, string? password = null)
    {
        backend.Canaries.Add("the secret word", person.EmployeeIdentifier!);
        return backend.JumpCloud.Tenant.AddUser(person, password);
    }

    /// <summary>The agent's word that it manages the account.</summary>
    public static void ShowManaged(this Backend backend, WireMac mac, string username) =>
        backend.JumpCloud.Tenant.UpdateSystem(
            mac.SystemId, system => system with { UserMetrics = [new UserMetric(username, false, true, false, true)] });

    /// <summary>The direct bindings of a Mac.</summary>
    public static IReadOnlyList<Binding> Bindings(this Backend backend, WireMac mac) =>
        [.. backend.JumpCloud.Tenant.Now.Systems[mac.SystemId].Bindings.Values];

    /// <summary>The groups of a Mac.</summary>
    public static IReadOnlyList<string> GroupsOf(this Backend backend, WireMac mac) =>
        [.. backend.JumpCloud.Tenant.Now.Groups.Where(group => group.Value.Members.Contains(mac.SystemId)).Select(group => group.Value.Group.Name)];
}
