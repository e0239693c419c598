namespace Prestage.Wire;

/// <summary>POST /api/complete: the Mac is done.</summary>
/// <param name="AccountCreated">The person's account exists on the Mac.</param>
/// <param name="SecureToken">The person's account holds a Secure Token, as the Mac verified.</param>
/// <param name="Steps">How long each step took, at most 64.</param>
internal sealed record CompleteRequest(bool? AccountCreated, bool? SecureToken, IReadOnlyList<StepDuration>? Steps);

/// <summary>One step of the Mac and its duration in seconds.</summary>
internal sealed record StepDuration(string? Name, double? Seconds);

/// <summary>202: <c>finishing</c>, or the true state when asked again.</summary>
internal sealed record CompleteResponse(EnrollmentState State);
