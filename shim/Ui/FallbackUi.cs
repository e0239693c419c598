using Prestage.Shim.Languages;
using Prestage.Wire;

namespace Prestage.Shim.Ui;

/// <summary>One window, and a simpler one from the moment on that the first cannot be had; before the first is open, what cannot wait is said by the simpler one.</summary>
/// <param name="switched">Told once why.</param>
internal sealed class FallbackUi(IUserInterface wanted, IUserInterface simpler, Func<string, CancellationToken, Task> switched) : IUserInterface
{
    private readonly List<Phrase> notes = [];
    private bool isSimpler;
    private bool isOpen;

    private IUserInterface Ui => isSimpler ? simpler : wanted;

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancel)
    {
        await DoAsync(now => now.OpenAsync(cancel), cancel);
        isOpen = true;
    }

    /// <inheritdoc/>
    public Task ShowStepAsync(IReadOnlyList<StepView> steps, int index, CancellationToken cancel) => DoAsync(now => now.ShowStepAsync(steps, index, cancel), cancel);

    /// <inheritdoc/>
    public Task SayAsync(Phrase sentence, CancellationToken cancel) => DoAsync(now => now.SayAsync(sentence, cancel), cancel);

    /// <inheritdoc/>
    public void Note(Phrase sentence)
    {
        notes.Add(sentence);
        Ui.Note(sentence);
    }

    /// <inheritdoc/>
    public Task<IdentityAnswer> AskIdentityAsync(bool askSecret, CancellationToken cancel) => AskAsync(now => now.AskIdentityAsync(askSecret, cancel), cancel);

    /// <inheritdoc/>
    public Task<PasswordAnswer> AskPasswordAsync(Account account, IReadOnlyList<PasswordRule> rules, CancellationToken cancel) =>
        AskAsync(now => now.AskPasswordAsync(account, rules, cancel), cancel);

    /// <inheritdoc/>
    public Task HintAsync(Phrase sentence, CancellationToken cancel) =>
        isOpen ? DoAsync(now => now.HintAsync(sentence, cancel), cancel) : BeforeOpenAsync(now => now.HintAsync(sentence, cancel), cancel);

    /// <inheritdoc/>
    public Task StopAsync(string supportCode, CancellationToken cancel) =>
        isOpen ? DoAsync(now => now.StopAsync(supportCode, cancel), cancel) : BeforeOpenAsync(now => now.StopAsync(supportCode, cancel), cancel);

    /// <inheritdoc/>
    public Task CloseAsync(CancellationToken cancel) => DoAsync(now => now.CloseAsync(cancel), cancel);

    // A window that an earlier start left would lie over it.
    private async Task BeforeOpenAsync(Func<IUserInterface, Task> say, CancellationToken cancel)
    {
        await wanted.CloseAsync(cancel);
        await say(simpler);
    }

    private async Task<T> AskAsync<T>(Func<IUserInterface, Task<T>> ask, CancellationToken cancel)
    {
        T? answer = default;
        await DoAsync(async now => answer = await ask(now), cancel);
        notes.Clear();
        return answer!;
    }

    private async Task DoAsync(Func<IUserInterface, Task> act, CancellationToken cancel)
    {
        try
        {
            await act(Ui);
        }
        catch (UiUnavailableException unavailable) when (!isSimpler)
        {
            isSimpler = true;
            await switched(unavailable.Message, cancel);
            await simpler.OpenAsync(cancel);

            // What was to be said with the next question is still to be said.
            notes.ForEach(simpler.Note);
            await act(simpler);
        }
    }
}
