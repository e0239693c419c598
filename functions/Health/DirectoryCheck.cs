using Prestage.Functions.Enrollments;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Vault;
using static Prestage.Functions.Health.DependencyStatus;

namespace Prestage.Functions.Health;

/// <summary>JumpCloud: does it let us in, what time is it there, and are the groups of the settings such that Macs can be put in.</summary>
internal sealed class DirectoryCheck(
    DirectoryProbe probe, IDirectoryCredential credential, GroupsOptions groups) : IDependencyCheck
{
    /// <summary>The setting and dependency of the group during enrollment.</summary>
    public const string EnrollmentGroup = "Groups__Enrollment";

    /// <summary>The setting and dependency of the final group.</summary>
    public const string PostEnrollmentGroup = "Groups__PostEnrollment";

    /// <summary>The dependency that only calls of enrollments can tell of: whether the key may do all that they do.</summary>
    public const string Role = "jumpcloud-role";

    private const string Directory = "jumpcloud";
    private const string Clock = "clock";
    private static readonly TimeSpan WrongClock = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UselessClock = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RoleRemembered = TimeSpan.FromMinutes(15);

    private IEnumerable<(string Setting, string? Id)> Groups => [(EnrollmentGroup, groups.Enrollment), (PostEnrollmentGroup, groups.PostEnrollment)];

    /// <inheritdoc/>
    public async Task LookAsync(DependencyBoard board, CancellationToken cancellationToken)
    {
        try
        {
            var there = await probe.LookAsync(cancellationToken);
            List<(string Setting, Finding Found)> looked = [];
            foreach (var (setting, id) in Groups)
            {
                if (id is not null)
                {
                    looked.Add((setting, await FindAsync(setting, id, cancellationToken)));
                }
            }

            // Posted when all was read: a call that fails after one that did not is one finding, not two in turn.
            board.Post(Directory, Finding.Ok("JumpCloud answers and takes our key."));
            PostClock(board, there);
            PostRole(board);
            foreach (var (setting, found) in looked.Where(group => !IsKnownWrong(board, group)))
            {
                board.Post(setting, found);
            }
        }
        catch (DirectoryException exception)
        {
            board.Post(Directory, DirectoryFindings.Of(exception, credential.Remedy));
            Fill(board, "JumpCloud could not be asked: see jumpcloud.");
        }
        catch (SecretUnavailableException)
        {
            board.Post(Directory, Finding.Unknown("There is no key to ask with: see vault and secrets."));
            Fill(board, "There is no key to ask with: see vault and secrets.");
        }
    }

    // Who may read systems but no groups is told so of the group: the key itself is taken.
    private async Task<Finding> FindAsync(string setting, string id, CancellationToken cancellationToken)
    {
        try
        {
            return DirectoryFindings.OfGroup(setting, id, await probe.FindGroupAsync(id, cancellationToken));
        }
        catch (DirectoryException exception) when (exception is { Failure: DirectoryFailure.KeyRefused, Status: 403, Route: not ServiceAccountTokens.Route })
        {
            return DirectoryFindings.OfUnreadableGroup(id);
        }
    }

    // A key that may not look any more makes no group right.
    private static bool IsKnownWrong(DependencyBoard board, (string Setting, Finding Found) group) =>
        group.Found.Code == DirectoryFindings.GroupUnreadable
        && board.Find(group.Setting)?.Found.Code is DirectoryFindings.GroupMissing or DirectoryFindings.GroupDynamic;

    // What was found before is still the best that is known of it.
    private void Fill(DependencyBoard board, string why)
    {
        foreach (var name in Groups.Where(group => group.Id is not null).Select(group => group.Setting).Append(Clock))
        {
            if (board.Find(name) is null)
            {
                board.Post(name, Finding.Unknown(why));
            }
        }
    }

    private static void PostRole(DependencyBoard board)
    {
        if (board.Find(Role) is not { Found.Status: Down } refused || board.Age(refused) > RoleRemembered)
        {
            board.Post(Role, Finding.Ok("No call of an enrollment was answered 403."));
        }
    }

    private static void PostClock(DependencyBoard board, TimeSpan? there)
    {
        var difference = there?.Duration() ?? TimeSpan.Zero;
        board.Post(Clock, difference < WrongClock
            ? Finding.Ok(there is null ? "JumpCloud does not tell its time." : "It agrees with JumpCloud's.")
            : new(
                difference < UselessClock ? Degraded : Down, "clock-wrong",
                $"This machine's clock is {(int)difference.TotalSeconds} s from JumpCloud's. Macs prove themselves by this clock, to five minutes.",
                "Set the clock by NTP; on Azure Functions restart the app, and if it stays so, tell Azure's support."));
    }
}
