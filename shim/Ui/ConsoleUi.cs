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
    public Task OpenAsync(CancellationToken cancellationToken)
    {
        output.WriteLine(branding.Title ?? texts.Of(Words.Title));
        if (branding.Message is not null)
        {
            output.WriteLine(branding.Message);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ShowStepAsync(IReadOnlyList<StepView> steps, int index, CancellationToken cancellationToken) =>
        SayAsync(Words.StepOf(index + 1, steps.Count, texts.Of(steps[index].Sentence)), cancellationToken);

    /// <inheritdoc/>
    public Task SayAsync(Phrase sentence, CancellationToken cancellationToken)
    {
        output.WriteLine(texts.Of(sentence));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HintAsync(Phrase sentence, CancellationToken cancellationToken) => SayAsync(sentence, cancellationToken);

    /// <inheritdoc/>
    public void Note(Phrase sentence) => output.WriteLine(texts.Of(sentence));

    /// <inheritdoc/>
    public async Task<IdentityAnswer> AskIdentityAsync(bool askSecret, CancellationToken cancellationToken)
    {
        output.WriteLine(texts.Of(Words.IdentifyTitle));
        output.WriteLine(texts.Of(askSecret ? Words.IdentifyMessageSecret : Words.IdentifyMessage));
        var identifier = await answers.ReadAsync(Question(Words.IdentifierField), cancellationToken);
        return new IdentityAnswer(identifier, askSecret ? await answers.ReadHiddenAsync(Question(Words.SecretField), cancellationToken) : null);
    }

    /// <inheritdoc/>
    public async Task<PasswordAnswer> AskPasswordAsync(Account account, IReadOnlyList<PasswordRule> rules, CancellationToken cancellationToken)
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
            await answers.ReadHiddenAsync(Question(Words.PasswordField), cancellationToken),
            await answers.ReadHiddenAsync(Question(Words.PasswordAgainField), cancellationToken));
    }

    /// <inheritdoc/>
    public Task StopAsync(string supportCode, CancellationToken cancellationToken) => SayAsync(Words.Stopped(supportCode), cancellationToken);

    /// <inheritdoc/>
    public Task CloseAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Question(Phrase field) => $"{texts.Of(field)}: ";
}
