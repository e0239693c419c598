using Prestage.Shim.Languages;
using Prestage.Wire;

namespace Prestage.Shim.Ui;

/// <summary>Who the person says to be.</summary>
internal sealed record IdentityAnswer(string Identifier, Secret? Secret);

/// <summary>The chosen password, typed twice. Whoever asks compares.</summary>
internal sealed record PasswordAnswer(Secret Password, Secret Again);

/// <summary>The window in front of the person. It shows and asks; it decides nothing.</summary>
internal interface IUserInterface
{
    /// <summary>Opens the window with the organization's words, and brings what it needs for that.</summary>
    /// <exception cref="UiUnavailableException">There is no such window on this Mac.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Shows which of the steps runs; those before it are done.</summary>
    /// <param name="index">0-based, in <paramref name="steps"/>.</param>
    Task ShowStepAsync(IReadOnlyList<StepView> steps, int index, CancellationToken cancellationToken);

    /// <summary>Says something while the work goes on. Nothing of the person may be in it: a window's commands are logged by macOS.</summary>
    Task SayAsync(Phrase sentence, CancellationToken cancellationToken);

    /// <summary>
    /// Says what the person can do about a wait, in front of them and while no window need be open: as soon as somebody is at the screen. It ends when
    /// it is closed, by itself after a while, or with the token; the work beside it goes on.
    /// </summary>
    Task HintAsync(Phrase sentence, CancellationToken cancellationToken);

    /// <summary>Says something together with the next question, or with whatever is shown next.</summary>
    void Note(Phrase sentence);

    /// <summary>Asks until there is an answer; a closed window is shown again.</summary>
    /// <exception cref="NoAnswerException">Nobody is there to answer.</exception>
    Task<IdentityAnswer> AskIdentityAsync(bool askSecret, CancellationToken cancellationToken);

    /// <inheritdoc cref="AskIdentityAsync"/>
    Task<PasswordAnswer> AskPasswordAsync(Account account, IReadOnlyList<PasswordRule> rules, CancellationToken cancellationToken);

    /// <summary>Says that the run stops here, with the code for support; stays to be read.</summary>
    Task StopAsync(string supportCode, CancellationToken cancellationToken);

    /// <summary>Takes the window away: everything is done.</summary>
    Task CloseAsync(CancellationToken cancellationToken);
}

/// <summary>A step as the person sees it.</summary>
/// <param name="SupportCode">What the person can tell IT while it runs.</param>
internal sealed record StepView(Phrase Sentence, string SupportCode);

/// <summary>The answers have ended: standard input is closed.</summary>
internal sealed class NoAnswerException() : Exception("Nobody answered the question.");

/// <summary>This kind of window cannot be had on this Mac; the message says why, without anything of the person.</summary>
internal sealed class UiUnavailableException(string message) : Exception(message);
