using System.Text.Json.Nodes;
using Prestage.Shim.Languages;
using Prestage.Wire;

namespace Prestage.Shim.Ui.SwiftDialog;

/// <summary>
/// Windows by swiftDialog in the session of whoever is at the screen: the list of the steps while the work goes on, a window of its own for each
/// question. What the person types comes back on standard output and nowhere else.
/// </summary>
internal sealed class SwiftDialogUi(SwiftDialogPackage package, UserCommands users, DialogFiles files, DialogPages pages, TimeProvider time) : IUserInterface
{
    private const int MostDeaths = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly List<Phrase> notes = [];
    private IReadOnlyList<StepView> steps = [];
    private StepRows rows = new([]);
    private ProgressWindow? progress;
    private int current;
    private int deaths;
    private bool isOpen;
    private string program = string.Empty;

    private string SupportCode => steps.Count == 0 ? string.Empty : steps[current].SupportCode;

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        // First: where swiftDialog cannot be had any more, plain dialogs take over, and a window that was left would lie over them.
        await CloseLeftOverAsync(cancellationToken);
        program = await package.EnsureAsync(cancellationToken);
        isOpen = true;
        await ShowProgressAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ShowStepAsync(IReadOnlyList<StepView> steps, int index, CancellationToken cancellationToken)
    {
        if (!ReferenceEquals(this.steps, steps))
        {
            (this.steps, rows) = (steps, new StepRows(steps));
        }

        current = index;
        if (isOpen)
        {
            await ShowProgressAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task SayAsync(Phrase sentence, CancellationToken cancellationToken)
    {
        await ShowProgressAsync(cancellationToken);
        progress?.Command(pages.ProgressText(sentence));
    }

    /// <inheritdoc/>
    public Task HintAsync(Phrase sentence, CancellationToken cancellationToken) => SayAsync(sentence, cancellationToken);

    /// <inheritdoc/>
    public void Note(Phrase sentence) => notes.Add(sentence);

    /// <inheritdoc/>
    public async Task<IdentityAnswer> AskIdentityAsync(bool askSecret, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = askSecret ? [DialogPages.Identifier, DialogPages.Code] : [DialogPages.Identifier];
        var answers = await AskAsync(() => pages.Identity(askSecret, SupportCode, notes), names, cancellationToken);
        return new IdentityAnswer(answers[DialogPages.Identifier].Reveal(), answers.GetValueOrDefault(DialogPages.Code));
    }

    /// <inheritdoc/>
    public async Task<PasswordAnswer> AskPasswordAsync(Account account, IReadOnlyList<PasswordRule> rules, CancellationToken cancellationToken)
    {
        var answers = await AskAsync(() => pages.NewPassword(account, rules, SupportCode, notes), [DialogPages.Password], cancellationToken);

        // The window has a second field of its own, and does not answer before both are the same.
        return new PasswordAnswer(answers[DialogPages.Password], answers[DialogPages.Password]);
    }

    /// <inheritdoc/>
    public async Task StopAsync(string supportCode, CancellationToken cancellationToken)
    {
        await CloseProgressAsync(cancellationToken);
        if (isOpen && await users.FindUserAsync(cancellationToken) is { } user)
        {
            // Left to be read when this program ends; the next start closes it.
            progress = ProgressWindow.Start(users, user, program, files.Create(pages.Stopped(supportCode, notes)), time);
        }
    }

    /// <inheritdoc/>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await CloseLeftOverAsync(cancellationToken);
        await CloseProgressAsync(cancellationToken);
        files.Delete();
        isOpen = false;
    }

    // Windows of an earlier start.
    private Task CloseLeftOverAsync(CancellationToken cancellationToken) => isOpen ? Task.CompletedTask : files.CloseLeftOverAsync(time, cancellationToken);

    private async Task<IReadOnlyDictionary<string, Secret>> AskAsync(Func<JsonObject> page, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        await CloseProgressAsync(cancellationToken);
        while (true)
        {
            var user = await users.WaitForUserAsync(cancellationToken);
            using (var file = files.Create(page()))
            {
                using var output = await users.AskAsync(user, program, file.Arguments, [], cancellationToken);
                if (output.ExitCode == DialogExit.Answered && DialogOutput.Parse(output.Bytes, names) is { } answers)
                {
                    deaths = 0;
                    notes.Clear();
                    await ShowProgressAsync(cancellationToken);
                    return answers;
                }

                CountDeath(output.ExitCode);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task ShowProgressAsync(CancellationToken cancellationToken)
    {
        if (steps.Count == 0)
        {
            return;
        }

        if (progress is { ExitCode: null } shown)
        {
            shown.Command(pages.MoveTo(rows, rows.RowOf(current), SupportCode));
            return;
        }

        if (progress is { ExitCode: { } code })
        {
            progress.Dispose();
            progress = null;
            CountDeath(code);
        }

        if (await users.FindUserAsync(cancellationToken) is { } user)
        {
            progress = ProgressWindow.Start(users, user, program, files.Create(pages.Progress(rows, rows.RowOf(current), SupportCode, notes)), time);
        }
    }

    private async Task CloseProgressAsync(CancellationToken cancellationToken)
    {
        if (progress is { } shown)
        {
            progress = null;
            await shown.QuitAsync(cancellationToken);
            shown.Dispose();
        }
    }

    private void CountDeath(int code)
    {
        if (!DialogExit.WasClosed(code) && ++deaths >= MostDeaths)
        {
            throw new UiUnavailableException($"swiftDialog ended {deaths} times, at last with exit code {code}.");
        }
    }
}
