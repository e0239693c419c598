namespace Prestage.Wire;

/// <summary>GET /api/health: the program answers. What its dependencies say is for operators only.</summary>
internal sealed record HealthResponse(string Status, string Version);
