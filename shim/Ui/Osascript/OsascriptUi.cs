using System.Globalization;
using System.Text;
using Prestage.Shim.Languages;
using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.Settings;
using Prestage.Wire;

namespace Prestage.Shim.Ui.Osascript;

/// <summary>
/// Plain dialogs of macOS itself, where swiftDialog cannot be had: one question after the other. The scripts are fixed and go in by standard
/// input; what they show are arguments, and never a secret.
/// </summary>
internal sealed class OsascriptUi(UserCommands users, Texts texts, Branding branding, TimeProvider time) : IUserInterface
{
    private const string Ask = """
        on run argv
          set reply to display dialog (item 2 of argv) with title (item 1 of argv) default answer "" buttons {item 3 of argv} default button 1 giving up after (item 4 of argv as integer)
          if gave up of reply then return ""
          return text returned of reply
        end run
        """;

    private const string AskHidden = """
        on run argv
          set reply to display dialog (item 2 of argv) with title (item 1 of argv) default answer "" buttons {item 3 of argv} default button 1 with hidden answer giving up after (item 4 of argv as integer)
          if gave up of reply then return ""
          return text returned of reply
        end run
        """;

    private const string Tell = """
        on run argv
          display dialog (item 2 of argv) with title (item 1 of argv) buttons {item 3 of argv} default button 1
        end run
        """;

    private const string Hint = """
        on run argv
          display dialog (item 2 of argv) with title (item 1 of argv) buttons {item 3 of argv} default button 1 giving up after (item 4 of argv as integer)
        end run
        """;

    private const string Notify = """
        on run argv
          display notification (item 2 of argv) with title (item 1 of argv)
        end run
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan NotifyLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReadingTime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan HintTime = TimeSpan.FromMinutes(5);

    // A dialog outlives a killed run (AbandonProcessGroup), and nobody but itself can close it then.
    private static readonly TimeSpan QuestionTime = TimeSpan.FromMinutes(5);
    private readonly List<Phrase> notes = [];
    private Phrase? shown;

    private string Title => branding.Title ?? texts.Of(Words.Title);

    /// <inheritdoc/>
    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task ShowStepAsync(IReadOnlyList<StepView> steps, int index, CancellationToken cancellationToken)
    {
        if (shown?.Key != steps[index].Sentence.Key)
        {
            shown = steps[index].Sentence;
            await SayAsync(shown, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task SayAsync(Phrase sentence, CancellationToken cancellationToken)
    {
        if (await users.FindUserAsync(cancellationToken) is { } user)
        {
            // Nothing waits for a notification; the tool may hang.
            await TellAsync(user, Notify, [Title, texts.Of(sentence)], NotifyLimit, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task HintAsync(Phrase sentence, CancellationToken cancellationToken)
    {
        var user = await users.WaitForUserAsync(cancellationToken);

        // Our own limit is for a tool that does not give up by itself.
        await TellAsync(user, Hint, [Title, texts.Of(sentence), texts.Of(Words.CloseButton), Seconds(HintTime)], HintTime + NotifyLimit, cancellationToken);
    }

    /// <inheritdoc/>
    public void Note(Phrase sentence) => notes.Add(sentence);

    /// <inheritdoc/>
    public async Task<IdentityAnswer> AskIdentityAsync(bool askSecret, CancellationToken cancellationToken)
    {
        var message = Message(askSecret ? Words.IdentifyMessageSecret : Words.IdentifyMessage);
        var identifier = await QuestionAsync(Ask, message, Words.IdentifierField, cancellationToken);
        return new IdentityAnswer(identifier.Reveal(), askSecret ? await QuestionAsync(AskHidden, message, Words.SecretField, cancellationToken) : null);
    }

    /// <inheritdoc/>
    public async Task<PasswordAnswer> AskPasswordAsync(Account account, IReadOnlyList<PasswordRule> rules, CancellationToken cancellationToken)
    {
        var message = Message(Words.PasswordMessage(account.FullName, account.Username));
        if (rules.Count > 0)
        {
            message = $"{message}\n\n{texts.Of(Words.RulesTitle)}\n{string.Join('\n', rules.Select(rule => $"• {texts.Of(rule.Describe(texts))}"))}";
        }

        return new PasswordAnswer(
            await QuestionAsync(AskHidden, message, Words.PasswordField, cancellationToken),
            await QuestionAsync(AskHidden, message, Words.PasswordAgainField, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task StopAsync(string supportCode, CancellationToken cancellationToken)
    {
        if (await users.FindUserAsync(cancellationToken) is { } user)
        {
            // Long enough to be read and written down; then the run ends, and launchd starts the next one.
            await TellAsync(user, Tell, [Title, Message(Words.Stopped(supportCode)), texts.Of(Words.CloseButton)], ReadingTime, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task CloseAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task TellAsync(ConsoleUser user, string script, IReadOnlyList<string> arguments, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var said = await RunAsync(user, script, arguments, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody was there to read it.
        }
    }

    // Cancelled, closed or killed, given up, or nothing was typed: asked again.
    private async Task<Secret> QuestionAsync(string script, string message, Phrase field, CancellationToken cancellationToken)
    {
        while (true)
        {
            var user = await users.WaitForUserAsync(cancellationToken);
            string[] arguments = [Title, $"{message}\n\n{texts.Of(field)}", texts.Of(Words.ContinueButton), Seconds(QuestionTime)];
            using (var answer = await RunAsync(user, script, arguments, cancellationToken))
            {
                if (answer.ExitCode == 0 && answer.Bytes is not ([] or [(byte)'\n']))
                {
                    return new Secret(Encoding.UTF8.GetString(answer.Bytes).TrimEnd('\n'));
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);

    private string Message(Phrase sentence)
    {
        var message = string.Join("\n\n", notes.Append(sentence).Select(phrase => texts.Of(phrase)));
        notes.Clear();
        return message;
    }

    private Task<SecretOutput> RunAsync(ConsoleUser user, string script, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        users.AskAsync(user, Tool.OsaScript, ["-", .. arguments], Encoding.ASCII.GetBytes($"{script}\n"), cancellationToken);
}
