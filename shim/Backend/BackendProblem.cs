using System.Security.Authentication;
using Prestage.Wire;

namespace Prestage.Shim.Backend;

/// <summary>What the service refused or could not do, or why it could not be asked.</summary>
/// <param name="Code">One of <see cref="ProblemCodes"/>; <c>unavailable</c> also where no answer of ours came back.</param>
internal sealed record BackendProblem(
    string Code, string Detail, TimeSpan? RetryAfter = null, int? AttemptsLeft = null, IReadOnlyList<string>? Violations = null)
{
    /// <summary>The same call may succeed later, with nothing changed on this side.</summary>
    public bool IsTransient =>
        Code is ProblemCodes.Unavailable or ProblemCodes.DirectoryUnavailable or ProblemCodes.Busy or ProblemCodes.Internal;
}

/// <summary>Thrown by every call that the service did not answer with success.</summary>
internal sealed class BackendException(BackendProblem problem, Exception? cause = null)
    : Exception($"{problem.Code}: {problem.Detail}", cause)
{
    public BackendProblem Problem { get; } = problem;

    /// <summary>Why the other end's certificate was not accepted; null where that was not it. A clock that is years off is a reason.</summary>
    public string? Distrust => (InnerException?.InnerException as AuthenticationException)?.Message;

    /// <summary>Set if nothing but the dates of that certificate is wrong.</summary>
    public CertificateDatesException? WrongDates => InnerException?.InnerException as CertificateDatesException;
}

/// <summary>The agent has no system id (any more): this Mac cannot prove itself until it is registered.</summary>
internal sealed class SystemUnknownException() : Exception("The agent is not registered.");

/// <summary>The service gives this Mac no token of an open enrollment (any more): the person must be identified again.</summary>
internal sealed class EnrollmentGoneException() : Exception("This Mac has no open enrollment.");
