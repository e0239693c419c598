using Azure;
using Prestage.Functions.Health;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Problems;
using Prestage.Functions.Storage;
using Prestage.Functions.Vault;

namespace Prestage.Functions.Hosting;

/// <summary>The one place where a failure becomes an answer; what failed outside is checked by the watch.</summary>
internal sealed class CallFailures(HealthWatch health, ILogger<CallFailures> log)
{
    /// <summary>Logs what was thrown where nobody waits for an answer.</summary>
    public void Note(Exception failed, string function, CallIds ids) => Answer(failed, function, ids);

    /// <summary>The answer for what was thrown; logs it.</summary>
    public Problem Answer(Exception failed, string path, CallIds ids)
    {
        if (failed is DirectoryException or SecretUnavailableException or RequestFailedException)
        {
            health.Doubt(failed);
        }

        switch (failed)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Problem.TooLarge(Call.LimitBytes);
            case BadHttpRequestException:
                return Problem.InvalidRequest("body", "was not sent to its end.");
            case DirectoryException directory:
                CallLog.DirectoryFailed(log, path, ids.Trace, ids.Invocation, directory);
                return Problem.DirectoryUnavailable(
                    directory.RetryAfter ?? TimeSpan.FromSeconds(directory.Failure == DirectoryFailure.Busy ? 2 : 30));
            case SecretUnavailableException secret:
                CallLog.DependencyFailed(log, path, ids.Trace, ids.Invocation, secret);
                return Problem.DirectoryUnavailable(TimeSpan.FromSeconds(5));
            case UnreadableRowException unreadable:
                CallLog.RowUnreadable(log, path, ids.Trace, ids.Invocation, unreadable);
                return Problem.RowUnreadable();
            case RequestFailedException:
                CallLog.DependencyFailed(log, path, ids.Trace, ids.Invocation, failed);
                return Problem.Unavailable(TimeSpan.FromSeconds(2));
            default:
                CallLog.Failed(log, path, ids.Trace, ids.Invocation, failed);
                return Problem.Internal();
        }
    }
}
