using Prestage.Functions.JumpCloud;

namespace Prestage.Functions.Health;

/// <summary>
/// Lets no enrollment begin that could not be finished: as long as a group of the settings is known not to exist, or to be filled by a rule.
/// JumpCloud may answer success to a Mac's adding to such a group, and drop it again.
/// </summary>
internal sealed class GroupsInOrder(DependencyBoard board)
{
    // What nobody has looked at since is no reason to send Macs away.
    private static readonly TimeSpan Old = TimeSpan.FromMinutes(10);

    /// <summary>Throws <see cref="DirectoryException"/> that names the setting.</summary>
    public void Require()
    {
        foreach (var name in (string[])[DirectoryCheck.EnrollmentGroup, DirectoryCheck.PostEnrollmentGroup])
        {
            if (board.Find(name) is { Found.Code: DirectoryFindings.GroupMissing or DirectoryFindings.GroupDynamic } state && board.Age(state) < Old)
            {
                throw new DirectoryException(DirectoryFailure.Refused, $"the system group of {name} ({state.Found.Code})", null);
            }
        }
    }
}
