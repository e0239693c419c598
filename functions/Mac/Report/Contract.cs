namespace Prestage.Wire;

/// <summary>POST /api/report: something that IT should see. It becomes an event.</summary>
/// <param name="Nonce">16–64 of <c>[A-Za-z0-9_-]</c>; required with a device proof, ignored with a token.</param>
/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Step">The step's name, 1–64 of <c>[a-z0-9-]</c>.</param>
/// <param name="Code">The support code, 1–64 of <c>[a-z0-9-:]</c>.</param>
/// <param name="Message">For operators, at most 1,000 characters, no secret.</param>
internal sealed record ReportRequest(string? Nonce, string? Level, string? Step, string? Code, string? Message);
