using Prestage.Shim.Processes;
using Prestage.Wire;

namespace Prestage.Shim.Mac;

/// <summary>What came of a wish for an account's rights.</summary>
internal enum AdminRights
{
    /// <summary>They are as wanted, and were read back.</summary>
    AsWanted,

    /// <summary>The group does not have the account as wanted, or does not say.</summary>
    Otherwise,

    /// <summary>Nobody else would administer the Mac: nothing was taken away.</summary>
    LastAdmin,
}

/// <summary>Who administers this Mac. Changed by <c>dseditgroup</c>, which keeps names and GUIDs in step.</summary>
internal sealed class AdminGroup(CommandRunner commands, LocalAccounts accounts)
{
    private const int NotAMember = 67;

    /// <summary>Null where the answer is neither yes nor no.</summary>
    public async Task<bool?> HasAsync(string name, CancellationToken cancellationToken) =>
        (await commands.ReadAsync(Tool.DsEditGroup, ["-o", "checkmember", "-m", name, "admin"], said => said.ExitCode is 0 or NotAMember, cancellationToken)).ExitCode switch
        {
            0 => true,
            NotAMember => false,
            _ => null,
        };

    /// <summary>Adds or removes the account where it is not as wanted, and reads that back. The only administrator is never removed.</summary>
    public async Task<AdminRights> SetAsync(string name, bool member, CancellationToken cancellationToken)
    {
        if (await HasAsync(name, cancellationToken) == member)
        {
            return AdminRights.AsWanted;
        }

        if (!member && !await HasOtherThanAsync([name], cancellationToken))
        {
            return AdminRights.LastAdmin;
        }

        await commands.RunAsync(Tool.DsEditGroup, ["-o", "edit", member ? "-a" : "-d", name, "-t", "user", "admin"], cancellationToken);
        return await HasAsync(name, cancellationToken) == member ? AdminRights.AsWanted : AdminRights.Otherwise;
    }

    /// <summary>Whether it is as <see cref="SetAsync"/> leaves it: as wanted, or an administrator still since nobody else is one.</summary>
    public async Task<bool> IsSettledAsync(string name, bool member, CancellationToken cancellationToken) =>
        await HasAsync(name, cancellationToken) is { } has && (has == member || (has && !await HasOtherThanAsync([name], cancellationToken)));

    /// <summary>Whether somebody administers the Mac once that user is gone: what its deletion depends on, and what is foretold of that.</summary>
    /// <param name="promised">The person's account while its rights are still to be settled as <see cref="SetAsync"/> does it; null after that.</param>
    public async Task<bool> RemainsWithoutAsync(string leaving, Account? promised, CancellationToken cancellationToken) => promised is null
        ? await HasOtherThanAsync([leaving], cancellationToken)
        : promised.Admin
            || await HasOtherThanAsync([leaving, promised.Username], cancellationToken)
            || (await HasOtherThanAsync([leaving], cancellationToken) && !await HasOtherThanAsync([promised.Username], cancellationToken));

    // Enabled people; root and service accounts do not count.
    private async Task<bool> HasOtherThanAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var read = await commands.ReadAsync(
            Tool.Dscl, [".", "-read", "/Groups/admin", "GroupMembership"], said => said.Output.Contains("GroupMembership:", StringComparison.Ordinal), cancellationToken);
        var members = DsclRecord.Parse(read.Output).GetValueOrDefault("GroupMembership", string.Empty);
        foreach (var member in members.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!names.Contains(member) && member != "root" && !member.StartsWith('_')
                && await accounts.ReadAsync(member, cancellationToken) is { IsEnabled: true, Uid: >= 501 })
            {
                return true;
            }
        }

        return false;
    }
}
