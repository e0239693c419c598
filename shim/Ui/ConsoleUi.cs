using Prestage.Wire;

namespace Prestage.Shim.Ui;

/// <summary>
/// Asks on the console. On a terminal passwords are not echoed; elsewhere answers are read one a line in the order asked:
/// identifier, secret if asked, password, password again.
/// </summary>
internal sealed class ConsoleUi(IAnswerSource answers, TextWriter output) : IUserInterface
{
    /// <inheritdoc/>
    public void Open(string title, string? message)
    {
        output.WriteLine(title);
        if (message is not null)
        {
            output.WriteLine(message);
        }
    }

    /// <inheritdoc/>
    public void ShowStep(int number, int count, string sentence) => output.WriteLine($"({number}/{count}) {sentence}");

    /// <inheritdoc/>
    public void Say(string sentence) => output.WriteLine(sentence);

    /// <inheritdoc/>
    public async Task<IdentityAnswer> AskIdentityAsync(bool askSecret, CancellationToken cancel)
    {
        var identifier = await answers.ReadAsync("Who are you? ", cancel);
        return new IdentityAnswer(identifier, askSecret ? await answers.ReadHiddenAsync("Your code: ", cancel) : null);
    }

    /// <inheritdoc/>
    public async Task<PasswordAnswer> AskPasswordAsync(Account account, PasswordPolicy? policy, CancellationToken cancel)
    {
        output.WriteLine($"Choose a password for {account.FullName} ({account.Username}).");
        if (policy is not null)
        {
            output.WriteLine(PolicyText.Describe(policy));
        }

        return new PasswordAnswer(
            await answers.ReadHiddenAsync("Password: ", cancel), await answers.ReadHiddenAsync("Password again: ", cancel));
    }
}
