using Prestage.Shim.Mac;

namespace Prestage.Shim.Ui.SwiftDialog;

/// <summary>A window that runs beside the work until it is told to quit.</summary>
internal sealed class ProgressWindow : IDisposable
{
    private const int QuitTries = 10;
    private static readonly TimeSpan QuitPatience = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource kill = new();
    private readonly DialogFile file;
    private readonly TimeProvider time;
    private readonly Task run;

    private ProgressWindow(UserCommands users, ConsoleUser user, string program, DialogFile file, TimeProvider time)
    {
        (this.file, this.time) = (file, time);
        run = RunAsync(users, user, program);
    }

    /// <summary>Null while it is shown.</summary>
    public int? ExitCode { get; private set; }

    public static ProgressWindow Start(UserCommands users, ConsoleUser user, string program, DialogFile file, TimeProvider time) =>
        new(users, user, program, file, time);

    public void Command(params IReadOnlyList<string> lines) => file.Command(lines);

    /// <summary>Closes it. A command from before swiftDialog's own start is ignored, hence the repetition; at last it is killed.</summary>
    public async Task QuitAsync(CancellationToken cancellationToken)
    {
        for (var tried = 0; tried < QuitTries && !run.IsCompleted && TryCommandQuit(); tried++)
        {
            await Task.WhenAny(run, Task.Delay(QuitPatience, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        kill.Cancel();
        await run;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        kill.Dispose();
        file.Dispose();
    }

    // False on a full disk.
    private bool TryCommandQuit()
    {
        try
        {
            file.Command("quit:");
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task RunAsync(UserCommands users, ConsoleUser user, string program)
    {
        try
        {
            using var output = await users.AskAsync(user, program, file.Arguments, [], kill.Token);
            ExitCode = output.ExitCode;
        }
        catch (OperationCanceledException)
        {
            ExitCode = DialogExit.QuitByCommand;
        }
    }
}
