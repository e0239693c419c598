namespace Prestage.Simulators.Processes;

/// <summary>One line that a child wrote, without its line end.</summary>
internal sealed record ChildLine(string Text, bool IsError);
