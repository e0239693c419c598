using System.Text.Json.Nodes;
using Prestage.Simulators.Sandbox;

namespace Prestage.Simulators.Pictures;

/// <summary>
/// <c>prestage-sandbox pictures directory</c>: enrolls simulated Macs in each language and writes the windows that people saw, as the real shim made
/// them, one JSON file each. <c>render.mjs</c> beside this file draws them.
/// </summary>
internal static class PicturesVerb
{
    private static readonly string[] Languages = ["en", "de"];
    private static int people;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (args is not [var directory])
        {
            await Console.Error.WriteLineAsync("usage: prestage-sandbox pictures directory");
            return 64;
        }

        Directory.CreateDirectory(directory);
        await using var world = await World.StartAsync(_ => { }, cancellationToken);
        foreach (var language in Languages)
        {
            var shown = await EnrollAsync(world, language, cancellationToken);
            Write(shown.First(window => window.HasRows), "progress");
            Write(shown.Last(window => window.HasRows && window.Uid == 501), "hand-over");
            Write(shown.First(window => window.Asks("identifier")), "identify");
            Write(shown.Last(window => window.Asks("identifier")), "wrong-answer");
            Write(shown.First(window => window.Asks("password")), "password");
            Write(shown.Last(window => window.Asks("password")), "password-rules");
            Write((await StopAsync(world, language, cancellationToken)).First(window => !window.HasRows && !window.Asks(null)), "stopped");

            void Write(Window window, string name) => File.WriteAllText(Path.Combine(directory, $"{name}.{language}.json"), window.Json.ToJsonString());
        }

        return 0;
    }

    private static async Task<IReadOnlyList<Window>> EnrollAsync(World world, string language, CancellationToken cancellationToken)
    {
        await using var mac = await StartAsync(world, language, null, cancellationToken, Typing("secret", "wrong"), [], Typing("password", "welcome"));
        return await mac.RunOnceAsync(cancellationToken) == 0 ? Shown(mac) : throw new InvalidOperationException(string.Join('\n', mac.Lines));
    }

    // A name that no account on a Mac can have stops the run; the second start closes the window of the first.
    private static async Task<IReadOnlyList<Window>> StopAsync(World world, string language, CancellationToken cancellationToken)
    {
        await using var mac = await StartAsync(world, language, user => user["systemUsername"] = "nobody", cancellationToken);
        await mac.RunOnceAsync(cancellationToken);
        await mac.RunOnceAsync(cancellationToken);
        return Shown(mac);
    }

    private static async Task<EnrollingMac> StartAsync(
        World world, string language, Action<JsonObject>? user, CancellationToken cancellationToken, params JsonObject[] acts)
    {
        var person = new SandboxPerson(people++);
        await world.AddPersonAsync(person, cancellationToken, user);
        var windows = await EnrollingMac.WindowsAsync(world, cancellationToken);
        return await EnrollingMac.StartAsync(
            world,
            person,
            $"C02PIC{people:D5}",
            cancellationToken,
            mac =>
            {
                mac["languages"] = new JsonArray(language);
                mac["person"]!["acts"] = new JsonArray([.. acts.Select(act => act.DeepClone())]);
            },
            windows);
    }

    private static JsonObject Typing(string field, string text) => new() { ["values"] = new JsonObject { [field] = text } };

    private static Window[] Shown(EnrollingMac mac) => [.. File.ReadLines($"{mac.Root}.dialogs.jsonl").Select(line => new Window(JsonNode.Parse(line)!.AsObject()))];

    private sealed record Window(JsonObject Json)
    {
        public int Uid => (int)Json["uid"]!;

        public bool HasRows => Json["content"]!["listitem"] is not null;

        /// <summary>For a field of that name, or for anything.</summary>
        public bool Asks(string? name) =>
            Json["content"]!["textfield"] is JsonArray fields && (name is null || fields.Any(field => (string?)field!["name"] == name));
    }
}
