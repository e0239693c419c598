using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.Loopback;

/// <summary>How a simulator runs as a process of its own: JSON lines on stdin, one ready line on stdout, until stdin closes or SIGTERM.</summary>
internal static class VerbLifetime
{
    /// <summary>Writes the one ready line.</summary>
    public static async Task ReadyAsync(JsonObject ready, CancellationToken cancellationToken)
    {
        await Console.Out.WriteLineAsync(ready.ToJsonString().AsMemory(), cancellationToken);
        await Console.Out.FlushAsync(cancellationToken);
    }

    /// <summary>Writes that a fault was met, by which call.</summary>
    public static void TellStruck(string fault, string call) =>
        Console.WriteLine(new JsonObject { ["struck"] = fault, ["call"] = call }.ToJsonString());

    /// <summary>Reads a JSON object line; an empty or closed stdin is an empty object.</summary>
    /// <exception cref="JsonException">The line is not JSON.</exception>
    public static async Task<JsonElement> ReadLineAsync(TextReader input, CancellationToken cancellationToken)
    {
        var line = await input.ReadLineAsync(cancellationToken);
        return JsonElement.Parse(string.IsNullOrWhiteSpace(line) ? "{}" : line);
    }

    /// <summary>Hands every further line to <paramref name="onLine"/> until stdin ends or a SIGTERM or SIGINT arrives.</summary>
    public static async Task UntilEndAsync(TextReader input, Action<string> onLine, CancellationToken cancellationToken)
    {
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            signalled.TrySetResult();
        }

        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        await await Task.WhenAny(signalled.Task, Task.Run(PumpAsync, cancellationToken));

        // Console streams block the reading thread, so the pump has one of its own and is left behind on a signal.
        async Task PumpAsync()
        {
            while (await input.ReadLineAsync(cancellationToken) is { } line)
            {
                onLine(line);
            }
        }
    }

    /// <summary>The value after an option such as <c>--port</c>, or null.</summary>
    public static string? Option(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
