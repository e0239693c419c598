using Prestage.Shim.Processes;
using Prestage.Shim.Running;
using Prestage.Shim.Ui;

namespace Prestage.Shim.Commands;

/// <summary>What is around the program: its Mac's commands, its network, its person. Tests put a Mac in its place that runs in their own time.</summary>
internal sealed record Outside(
    CommandRunner Commands, HttpMessageHandler Network, IAnswerSource Answers, TextWriter Output, IReadOnlyList<IStep> Steps)
{
    /// <summary>When this program was built.</summary>
    public DateTimeOffset Built { get; init; } = ProgramVersion.Built;
}
