namespace Prestage.Wire;

/// <summary>POST /api/verify with a device proof: who sits at which Mac.</summary>
/// <param name="Nonce">16–64 of <c>[A-Za-z0-9_-]</c>, random for each try.</param>
/// <param name="SerialNumber">The Mac's serial number, as JumpCloud's record of the proven system must have it.</param>
/// <param name="Identifier">What the person typed; matched by the setting <c>Identity:Identifier</c>. At most 256 characters.</param>
/// <param name="Secret">What proves the person, where <c>Identity:Proof</c> asks for it.</param>
/// <param name="OsVersion">macOS version, for operators.</param>
/// <param name="ShimVersion">Version of <c>prestage</c>, for operators.</param>
internal sealed record VerifyRequest(
    string? Nonce, string? SerialNumber, string? Identifier, Secret? Secret, string? OsVersion, string? ShimVersion);

/// <summary>The enrollment, and the token for all further calls; an earlier token of this Mac is dead.</summary>
/// <param name="PasswordPolicy">The person's effective rules; absent where no password is required.</param>
internal sealed record VerifyResponse(
    string EnrollmentId, Secret Token, DateTimeOffset ExpiresAt, EnrollmentState State, Account Account, bool PasswordRequired,
    PasswordPolicy? PasswordPolicy);

/// <summary>The local account that the Mac is to have.</summary>
/// <param name="Username">Short name: JumpCloud's <c>systemUsername</c> if set, else <c>username</c>.</param>
/// <param name="FullName">For the login window.</param>
/// <param name="Admin">Whether the account administers this Mac.</param>
internal sealed record Account(string Username, string FullName, bool Admin);

/// <summary>What a password must have, for showing; JumpCloud judges.</summary>
internal sealed record PasswordPolicy(int MinLength, bool Lowercase, bool Uppercase, bool Number, bool Symbol, bool NotUsername);
