using Prestage.Shim.Languages;
using Prestage.Wire;

namespace Prestage.Shim.Ui;

/// <summary>One window, and a simpler one from the moment on that the first cannot be had.</summary>
/// <param name="switched">Told once why.</param>
internal sealed class FallbackUi(IUserInterface wanted, IUserInterface simpler, Func<string, CancellationToken, Task> switched) : IUserInterface
{
    private readonly List<Phrase> notes = [];
    private IUserInterface ui = wanted;

    /// <inheritdoc/>
    public Task OpenAsync(CancellationToken cancel) => DoAsync(now => now.OpenAsync(cancel), cancel);

    /// <inheritdoc/>
    public Task ShowStepAsync(IReadOnlyList<StepView> steps, int index, CancellationToken cancel) => DoAsync(now => now.ShowStepAsync(steps, index, cancel), cancel);

    /// <inheritdoc/>
    public Task SayAsync(Phrase sentence, CancellationToken cancel) => DoAsync(now => now.SayAsync(sentence, cancel), cancel);

    /// <inheritdoc/>
    public void Note(Phrase sentence)
    {
        notes.Add(sentence);
        ui.Note(sentence);
    }

    /// <inheritdoc/>
    public Task<IdentityAnswer> AskIdentityAsync(bool askSecret, CancellationToken cancel) => AskAsync(now => now.AskIdentityAsync(askSecret, cancel), cancel);

    /// <inheritdoc/>
    public Task<PasswordAnswer> AskPasswordAsync(Account account, IReadOnlyList<PasswordRule> rules, CancellationToken cancel) =>
        AskAsync(now => now.AskPasswordAsync(account, rules, cancel), cancel);

    /// <inheritdoc/>
    public Task StopAsync(string supportCode, CancellationToken cancel) => DoAsync(now => now.StopAsync(supportCode, cancel), cancel);

    /// <inheritdoc/>
    public Task CloseAsync(CancellationToken cancel) => DoAsync(now => now.CloseAsync(cancel), cancel);

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
            await act(ui);
        }
        catch (UiUnavailableException unavailable) when (ui != simpler)
        {
            ui = simpler;
            await switched(unavailable.Message, cancel);
            await ui.OpenAsync(cancel);

            // What was to be said with the next question is still to be said.
            notes.ForEach(ui.Note);
            await act(ui);
        }
    }
}
