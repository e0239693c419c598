using Prestage.Shim.Languages;
using Prestage.Wire;

namespace Prestage.Shim.Ui;

/// <summary>One window, and a simpler one from the moment on that the first cannot be had; before the first is open, what cannot wait is said by the simpler one.</summary>
/// <param name="switched">Told once why.</param>
/// <param name="needsOpening">Whether the first one can say nothing before it is open.</param>
internal sealed class FallbackUi(
    IUserInterface wanted, IUserInterface simpler, Func<string, CancellationToken, Task> switched, bool needsOpening = true) : IUserInterface
{
    private readonly List<Phrase> notes = [];
    private bool isSimpler;
    private bool isOpen = !needsOpening;

    private IUserInterface Ui => isSimpler ? simpler : wanted;

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await DoAsync(now => now.OpenAsync(cancellationToken), cancellationToken);
        isOpen = true;
    }

    /// <inheritdoc/>
    public Task ShowStepAsync(IReadOnlyList<StepView> steps, int index, CancellationToken cancellationToken) => DoAsync(now => now.ShowStepAsync(steps, index, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task SayAsync(Phrase sentence, CancellationToken cancellationToken) => DoAsync(now => now.SayAsync(sentence, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public void Note(Phrase sentence)
    {
        notes.Add(sentence);
        Ui.Note(sentence);
    }

    /// <inheritdoc/>
    public Task<IdentityAnswer> AskIdentityAsync(bool askSecret, CancellationToken cancellationToken) => AskAsync(now => now.AskIdentityAsync(askSecret, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<PasswordAnswer> AskPasswordAsync(Account account, IReadOnlyList<PasswordRule> rules, CancellationToken cancellationToken) =>
        AskAsync(now => now.AskPasswordAsync(account, rules, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task HintAsync(Phrase sentence, CancellationToken cancellationToken) =>
        SayAtOnceAsync(now => now.HintAsync(sentence, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(string supportCode, CancellationToken cancellationToken) =>
        SayAtOnceAsync(now => now.StopAsync(supportCode, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task CloseAsync(CancellationToken cancellationToken) => DoAsync(now => now.CloseAsync(cancellationToken), cancellationToken);

    private async Task SayAtOnceAsync(Func<IUserInterface, Task> say, CancellationToken cancellationToken)
    {
        if (isOpen)
        {
            await DoAsync(say, cancellationToken);
            return;
        }

        // A window that an earlier start left would lie over it.
        await wanted.CloseAsync(cancellationToken);
        await say(simpler);
    }

    private async Task<T> AskAsync<T>(Func<IUserInterface, Task<T>> ask, CancellationToken cancellationToken)
    {
        T? answer = default;
        await DoAsync(async now => answer = await ask(now), cancellationToken);
        notes.Clear();
        return answer!;
    }

    private async Task CloseWantedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await wanted.CloseAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is UiUnavailableException or IOException or UnauthorizedAccessException)
        {
            // It cannot even be closed; the simpler one has to do beside it.
        }
    }

    private async Task DoAsync(Func<IUserInterface, Task> act, CancellationToken cancellationToken)
    {
        try
        {
            await act(Ui);
        }
        catch (Exception exception) when (!isSimpler && (exception is UiUnavailableException or IOException or UnauthorizedAccessException))
        {
            // A window whose files cannot be written (a full disk) is no window either; what is open of it would lie over the simpler one.
            isSimpler = true;
            await switched(exception.Message, cancellationToken);
            await CloseWantedAsync(cancellationToken);
            await simpler.OpenAsync(cancellationToken);

            // What was to be said with the next question is still to be said.
            notes.ForEach(simpler.Note);
            await act(simpler);
        }
    }
}
