namespace Prestage.Tests.Infra;

/// <summary>The compiler's answer: what it and its linter found, and the ARM template where there is no error.</summary>
internal sealed record BicepCompilation(bool Success, IReadOnlyList<BicepDiagnostic> Diagnostics, string? Contents);

/// <summary>One finding; the line is counted from 0.</summary>
internal sealed record BicepDiagnostic(string Source, BicepRange Range, string Level, string Code, string Message)
{
    public override string ToString() => $"{Path.GetFileName(Source)}({Range.Start.Line + 1}): {Level} {Code}: {Message}";
}

/// <summary>Where a finding is.</summary>
internal sealed record BicepRange(BicepPosition Start);

/// <summary>A place in a file, counted from 0.</summary>
internal sealed record BicepPosition(int Line);
