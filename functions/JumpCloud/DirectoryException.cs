namespace Prestage.Functions.JumpCloud;

/// <summary>The four ways in which JumpCloud does not do what was asked.</summary>
internal enum DirectoryFailure
{
    /// <summary>401 or 403: our key or service account is revoked, expired, for another organization, or its role is too weak; or our address is blocked.</summary>
    KeyRefused,

    /// <summary>400 or 409: JumpCloud understood, and will not do it for this person, system or group.</summary>
    Refused,

    /// <summary>429, 5xx, no answer in time, or an answer that cannot be read. It may work later.</summary>
    Busy,

    /// <summary>404</summary>
    Missing,
}

/// <summary>JumpCloud did not do what was asked. The message names the route's template, never an id, a key or a body.</summary>
internal sealed class DirectoryException(
    DirectoryFailure failure, string route, int? status, TimeSpan? retryAfter = null, Exception? cause = null)
    : Exception($"JumpCloud {route}: {failure}{(status is null ? string.Empty : $" (HTTP {status})")}", cause)
{
    /// <summary>Which of the four.</summary>
    public DirectoryFailure Failure { get; } = failure;

    /// <summary>Method and path template.</summary>
    public string Route { get; } = route;

    /// <summary>HTTP status, where there was an answer.</summary>
    public int? Status { get; } = status;

    /// <summary>Whether our own limit of calls at a time kept every try of it here: it says nothing of JumpCloud.</summary>
    public bool WasHeldBack { get; init; }

    /// <summary>When to try again, where JumpCloud said so.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
