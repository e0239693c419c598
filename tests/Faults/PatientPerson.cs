extern alias shim;

using shim::Prestage.Shim.Ui;
using ShimSecret = shim::Prestage.Secret;

namespace Prestage.Tests.Faults;

/// <summary>Answers every question rightly, up to thirty times; then nobody is there any more.</summary>
internal sealed class PatientPerson(string identifier, string word, string password) : IAnswerSource
{
    public const int Patience = 30;
    private bool wordIsNext;

    public int Answers { get; private set; }

    /// <summary>They are back, with new patience.</summary>
    public void Return() => Answers = 0;

    public Task<string> ReadAsync(string question, CancellationToken cancellationToken)
    {
        wordIsNext = true;
        return Task.FromResult(Answer(identifier));
    }

    public Task<ShimSecret> ReadHiddenAsync(string question, CancellationToken cancellationToken)
    {
        var answer = wordIsNext ? word : password;
        wordIsNext = false;
        return Task.FromResult(new ShimSecret(Answer(answer)));
    }

    private string Answer(string text) => ++Answers <= Patience ? text : throw new NoAnswerException();
}
