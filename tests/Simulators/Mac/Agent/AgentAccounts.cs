using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Agent;

/// <summary>
/// How the agent brings local accounts in line with the directory: an account of the same short name is taken over, password and
/// rights included; a missing one is made; one that is bound no more is let go.
/// </summary>
internal static class AgentAccounts
{
    /// <param name="keepRights">Leave an account that was there an administrator or not, as it was.</param>
    public static MacState Apply(MacState state, IReadOnlyList<BoundUser> bound, bool keepRights)
    {
        var after = state.People.Where(user => user.Managed && !bound.Any(wanted => wanted.Id == user.ManagedBy)).ToList()
            .Aggregate(state, (before, user) => AccountRules.Update(before, user.ShortName, given => given with { ManagedBy = null }));
        return bound.Where(user => user.Password is not null).Aggregate(after, (before, user) => TakeOver(before, user, keepRights && before.Find(user.Username) is not null));
    }

    private static MacState TakeOver(MacState state, BoundUser bound, bool keepRights)
    {
        var password = bound.Password!;
        var there = state.Find(bound.Username) is null
            ? AccountRules.Add(state, new NewAccount(bound.Username, bound.FullName, password, bound.Admin))
            : state;
        var token = there.Find(AccountRules.ServiceAccount) is { SecureToken: true };
        var taken = AccountRules.Update(there, bound.Username, user => user with
        {
            ManagedBy = bound.Id,
            Password = password.IsSame(user.Password) ? user.Password : password,
            SecureToken = user.SecureToken || token,
        });
        return keepRights ? taken : AccountRules.SetAdmin(taken, bound.Username, bound.Admin);
    }
}
