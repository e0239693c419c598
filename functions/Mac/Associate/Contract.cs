namespace Prestage.Wire;

/// <summary>POST /api/associate: bind the verified person to this Mac. An empty object.</summary>
internal sealed record AssociateRequest;

/// <summary>The binding was written and read back.</summary>
internal sealed record AssociateResponse(EnrollmentState State, Account Account);
