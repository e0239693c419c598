using System.Text;

namespace Prestage.Shim.Ui;

/// <summary>Where typed answers come from.</summary>
internal interface IAnswerSource
{
    /// <exception cref="NoAnswerException">The input has ended.</exception>
    Task<string> ReadAsync(string question, CancellationToken cancellationToken);

    /// <summary>The same without showing what is typed.</summary>
    Task<Secret> ReadHiddenAsync(string question, CancellationToken cancellationToken);
}

/// <summary>One answer a line, for standard input that is not a terminal.</summary>
internal sealed class LineAnswers(TextReader input, TextWriter output) : IAnswerSource
{
    /// <inheritdoc/>
    public async Task<string> ReadAsync(string question, CancellationToken cancellationToken)
    {
        output.WriteLine(question);

        // A blocked read of a pipe does not end by itself when cancelled.
        return await input.ReadLineAsync(cancellationToken).AsTask().WaitAsync(cancellationToken) ?? throw new NoAnswerException();
    }

    /// <inheritdoc/>
    public async Task<Secret> ReadHiddenAsync(string question, CancellationToken cancellationToken) => new(await ReadAsync(question, cancellationToken));
}

/// <summary>A person at a terminal.</summary>
internal sealed class TerminalAnswers(TextWriter output) : IAnswerSource
{
    /// <inheritdoc/>
    public Task<string> ReadAsync(string question, CancellationToken cancellationToken) => Task.Run(() => ReadKeys(question, hidden: false), cancellationToken).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<Secret> ReadHiddenAsync(string question, CancellationToken cancellationToken) =>
        new(await Task.Run(() => ReadKeys(question, hidden: true), cancellationToken).WaitAsync(cancellationToken));

    private string ReadKeys(string question, bool hidden)
    {
        output.Write(question);
        output.Flush();
        if (!hidden)
        {
            return Console.ReadLine() ?? throw new NoAnswerException();
        }

        var typed = new StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }

        output.WriteLine();
        var text = typed.ToString();
        typed.Clear();
        return text;
    }
}
