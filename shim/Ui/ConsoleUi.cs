using Prestage.Shim.Languages;
using Prestage.Shim.Settings;
using Prestage.Wire;

namespace Prestage.Shim.Ui;

/// <summary>
/// Asks on the console. On a terminal passwords are not echoed; elsewhere answers are read one a line in the order asked:
/// identifier, secret if asked, password, password again.
/// </summary>
internal sealed class ConsoleUi(IAnswerSource answers, TextWriter output, Texts texts, Branding branding) : IUserInterface
{
    /// <inheritdoc/>
    public Task OpenAsync(CancellationToken cancel)
    {
        output.WriteLine(branding.Title ?? texts.Of(Words.Title));
        if (branding.Message is not null)
        {
            output.WriteLine(branding.Message);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ShowStepAsync(IReadOnlyList<StepView> steps, int index, CancellationToken cancel) =>
        SayAsync(Words.StepOf(index + 1, steps.Count, texts.Of(steps[index].Sentence)), cancel);

    /// <inheritdoc/>
    public Task SayAsync(Phrase sentence, CancellationToken cancel)
    {
        output.WriteLine(texts.Of(sentence));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HintAsync(Phrase sentence, CancellationToken cancel) => SayAsync(sentence, cancel);

    /// <inheritdoc/>
    public void Note(Phrase sentence) => output.WriteLine(texts.Of(sentence));

    /// <inheritdoc/>
    public async Task<IdentityAnswer> AskIdentityAsync(bool askSecret, CancellationToken cancel)
    {
        output.WriteLine(texts.Of(Words.IdentifyTitle));
        output.WriteLine(texts.Of(askSecret ? Words.IdentifyMessageSecret : Words.IdentifyMessage));
        var identifier = await answers.ReadAsync(Question(Words.IdentifierField), cancel);
        return new IdentityAnswer(identifier, askSecret ? await answers.ReadHiddenAsync(Question(Words.SecretField), cancel) : null);
    }

    /// <inheritdoc/>
    public async Task<PasswordAnswer> AskPasswordAsync(Account account, IReadOnlyList<PasswordRule> rules, CancellationToken cancel)
    {
        output.WriteLine(texts.Of(Words.PasswordTitle));
        output.WriteLine(texts.Of(Words.PasswordMessage(account.FullName, account.Username)));
        if (rules.Count > 0)
        {
            output.WriteLine(texts.Of(Words.RulesTitle));
        }

        foreach (var rule in rules)
        {
            output.WriteLine($"  {texts.Of(rule.Describe(texts))}");
        }

        return new PasswordAnswer(
            await answers.ReadHiddenAsync(Question(Words.PasswordField), cancel),
            await answers.ReadHiddenAsync(Question(Words.PasswordAgainField), cancel));
    }

    /// <inheritdoc/>
    public Task StopAsync(string supportCode, CancellationToken cancel) => SayAsync(Words.Stopped(supportCode), cancel);

    /// <inheritdoc/>
    public Task CloseAsync(CancellationToken cancel) => Task.CompletedTask;

    private string Question(Phrase field) => $"{texts.Of(field)}: ";
}
