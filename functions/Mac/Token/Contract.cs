namespace Prestage.Wire;

/// <summary>POST /api/token with a device proof: a new token for this Mac's open enrollment.</summary>
/// <param name="Nonce">16–64 of <c>[A-Za-z0-9_-]</c>, random for each try.</param>
internal sealed record TokenRequest(string? Nonce);

/// <summary>The new token, and where the enrollment stands; the earlier token is dead.</summary>
internal sealed record TokenResponse(
    string EnrollmentId, Secret Token, DateTimeOffset ExpiresAt, EnrollmentState State, Account Account, bool PasswordRequired);
