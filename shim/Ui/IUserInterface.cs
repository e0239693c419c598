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
    /// <summary>Opens the window with the organization's words.</summary>
    Task OpenAsync(CancellationToken cancel);

    /// <summary>Shows which of the steps runs; those before it are done.</summary>
    /// <param name="index">0-based, in <paramref name="steps"/>.</param>
    Task ShowStepAsync(IReadOnlyList<Phrase> steps, int index, CancellationToken cancel);

    /// <summary>Says something that the person should know.</summary>
    Task SayAsync(Phrase sentence, CancellationToken cancel);

    /// <exception cref="NoAnswerException">Nobody is there to answer.</exception>
    Task<IdentityAnswer> AskIdentityAsync(bool askSecret, CancellationToken cancel);

    /// <exception cref="NoAnswerException">Nobody is there to answer.</exception>
    Task<PasswordAnswer> AskPasswordAsync(Account account, IReadOnlyList<PasswordRule> rules, CancellationToken cancel);

    /// <summary>Says that the run stops here, with the code for support.</summary>
    Task StopAsync(string supportCode, CancellationToken cancel);
}

/// <summary>The answers have ended: standard input is closed.</summary>
internal sealed class NoAnswerException() : Exception("Nobody answered the question.");
