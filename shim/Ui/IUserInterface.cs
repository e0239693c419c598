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
    void Open(string title, string? message);

    /// <summary>Shows which step runs, 1-based, and what it means to the person.</summary>
    void ShowStep(int number, int count, string sentence);

    /// <summary>Says something that the person should know.</summary>
    void Say(string sentence);

    /// <exception cref="NoAnswerException">Nobody is there to answer.</exception>
    Task<IdentityAnswer> AskIdentityAsync(bool askSecret, CancellationToken cancel);

    /// <exception cref="NoAnswerException">Nobody is there to answer.</exception>
    Task<PasswordAnswer> AskPasswordAsync(Account account, PasswordPolicy? policy, CancellationToken cancel);
}

/// <summary>The answers have ended: standard input is closed, or the window was.</summary>
internal sealed class NoAnswerException() : Exception("Nobody answered the question.");
