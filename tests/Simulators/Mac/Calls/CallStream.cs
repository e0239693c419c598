using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Prestage.Simulators.Mac.Calls;

/// <summary>A request as the script sent it.</summary>
internal sealed record CallRequest(string Token, string Command, int Uid, string[] Arguments);

/// <summary>
/// What script and resident process say to each other: words, and texts that their length in bytes goes before. The script asks
/// nothing by itself: its standard input is read a line at a time and only when the command wants one, as the real commands do.
/// </summary>
internal sealed class CallStream(NetworkStream stream) : ICaller
{
    private const int LongestText = 1 << 20;
    private const int LongestWord = 64;
    private readonly byte[] buffer = new byte[4096];
    private int start;
    private int end;

    /// <exception cref="IOException">The script is gone, or it is not one of ours.</exception>
    public async Task<CallRequest> ReadRequestAsync(CancellationToken cancellationToken)
    {
        var (token, command, uid) = (await ReadWordAsync(cancellationToken), await ReadWordAsync(cancellationToken), await ReadNumberAsync(cancellationToken));
        var arguments = new string[await ReadNumberAsync(cancellationToken)];
        for (var at = 0; at < arguments.Length; at++)
        {
            arguments[at] = await ReadTextAsync(cancellationToken);
        }

        return new CallRequest(token, command, uid, arguments);
    }

    /// <inheritdoc/>
    public async Task<string?> AskLineAsync(CancellationToken cancellationToken)
    {
        await stream.WriteAsync("line\n"u8.ToArray(), cancellationToken);
        return await ReadWordAsync(cancellationToken) == "line" ? await ReadTextAsync(cancellationToken) : null;
    }

    public async Task AnswerAsync(CommandAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.Run is { } next)
        {
            var path = Encoding.UTF8.GetBytes(next.Path);
            await WriteAsync(string.Create(CultureInfo.InvariantCulture, $"become {next.Uid} {next.Shift} {path.Length}\n"), path, [], cancellationToken);
            return;
        }

        var (output, errors) = (Encoding.UTF8.GetBytes(answer.Output), Encoding.UTF8.GetBytes(answer.Errors));
        var header = string.Create(CultureInfo.InvariantCulture, $"answer {answer.ExitCode} {output.Length} {errors.Length}\n");
        await WriteAsync(header, output, errors, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task UntilClosedAsync(CancellationToken cancellationToken)
    {
        while (await stream.ReadAsync(buffer, cancellationToken) > 0)
        {
            // Whatever it says, nobody listens any more.
        }
    }

    private async Task WriteAsync(string header, byte[] first, byte[] second, CancellationToken cancellationToken)
    {
        byte[] frame = [.. Encoding.ASCII.GetBytes(header), .. first, .. second];
        await stream.WriteAsync(frame, cancellationToken);
    }

    private async Task<int> ReadNumberAsync(CancellationToken cancellationToken) =>
        int.TryParse(await ReadWordAsync(cancellationToken), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number is >= -2 and <= LongestText ? number : throw new IOException("not a number");

    /// <summary>What is before the next blank.</summary>
    private async Task<string> ReadWordAsync(CancellationToken cancellationToken)
    {
        var word = new StringBuilder();
        while (true)
        {
            await FillAsync(cancellationToken);
            var next = (char)buffer[start++];
            if (next == ' ')
            {
                return word.ToString();
            }

            if (word.Append(next).Length > LongestWord)
            {
                throw new IOException("not one of our scripts");
            }
        }
    }

    /// <summary>A length in bytes, a blank, and that many bytes.</summary>
    private async Task<string> ReadTextAsync(CancellationToken cancellationToken)
    {
        var text = new byte[Math.Max(0, await ReadNumberAsync(cancellationToken))];
        for (var at = 0; at < text.Length;)
        {
            await FillAsync(cancellationToken);
            var count = Math.Min(end - start, text.Length - at);
            buffer.AsSpan(start, count).CopyTo(text.AsSpan(at));
            (start, at) = (start + count, at + count);
        }

        return Encoding.UTF8.GetString(text);
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        if (start < end)
        {
            return;
        }

        (start, end) = (0, await stream.ReadAsync(buffer, cancellationToken));
        if (end == 0)
        {
            throw new IOException("the script is gone");
        }
    }
}
