namespace Prestage.Wire;

/// <summary>POST /api/activate: the password that the person chose. 1–511 UTF-8 bytes, no control characters.</summary>
internal sealed record ActivateRequest(Secret? Password);

/// <summary>JumpCloud has taken the password.</summary>
internal sealed record ActivateResponse(EnrollmentState State);
