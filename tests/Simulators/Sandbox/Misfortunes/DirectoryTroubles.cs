using Prestage.Simulators.JumpCloud;

namespace Prestage.Simulators.Sandbox.Misfortunes;

/// <summary>How JumpCloud goes wrong: each kind once or a few times in a row, on a route that every enrollment uses.</summary>
internal static class DirectoryTroubles
{
    private static readonly (string Method, string Path)[] Routes =
    [
        ("GET", "/api/systems/{id}"),
        ("POST", "/api/search/systemusers"),
        ("GET", "/api/v2/passwordpolicies/user/{id}"),
        ("PUT", "/api/systemusers/{id}"),
        ("POST", "/api/systemusers/{id}/state/activate"),
        ("POST", "/api/v2/systems/{id}/associations"),
        ("GET", "/api/v2/systems/{id}/associations"),
        ("POST", "/api/v2/systemgroups/{id}/members"),
        ("GET", "/api/v2/systems/{id}/memberof"),
    ];

    // Longer than the backend waits for one try: JumpCloud does then what nobody waits for any more.
    private const int TooLongMilliseconds = 6000;
    private const int MostInARow = 5;

    // A refusal costs the Mac that meets it half a minute: once is enough.
    private static readonly (Fault Fault, string Sentence)[] Kinds =
    [
        (new() { Name = "slow", Kind = FaultKind.Latency, Times = 1, DelayMilliseconds = TooLongMilliseconds }, "it takes 6 s for a call"),
        (new() { Name = "busy", Kind = FaultKind.Status, Status = 429, RetryAfterSeconds = 1 }, "it is busy: 429, Retry-After in seconds"),
        (new() { Name = "busy-until", Kind = FaultKind.Status, Status = 429, RetryAfterSeconds = 2, RetryAfterAsDate = true }, "it is busy: 429, Retry-After as a date"),
        (new() { Name = "error", Kind = FaultKind.Status, Status = 500 }, "it answers 500"),
        (new() { Name = "page", Kind = FaultKind.Html, Status = 503 }, "a gateway answers 503 with a page"),
        (new() { Name = "reset", Kind = FaultKind.Reset }, "the connection is cut before the call"),
        (new() { Name = "lost-reply", Kind = FaultKind.LostReply }, "the call is done and its answer lost"),
        (new() { Name = "half-answer", Kind = FaultKind.TruncatedJson }, "the call is done and half of its answer comes"),
        (new() { Name = "empty", Kind = FaultKind.Empty }, "it answers 200 with nothing, and does nothing"),
        (new() { Name = "key-refused", Kind = FaultKind.Unauthorized, Times = 1 }, "it refuses the key for a moment"),
        (new() { Name = "blocked", Kind = FaultKind.IpBlock, Times = 1 }, "an abuse filter answers 403 with a page"),
    ];

    // More in a row than the backend tries: the Macs get to know of it.
    private static readonly Fault Outage = new() { Name = "away", Kind = FaultKind.Status, Status = 503, Times = 6 };

    /// <summary>The rules for the tenant, and what each is called.</summary>
    /// <param name="macs">How many Macs enroll: each uses every route at least once.</param>
    public static IReadOnlyList<(Fault Rule, Misfortune What)> Draw(Seeded random, int macs)
    {
        var (routes, kinds) = (random.Shuffle(Routes), random.Shuffle(Kinds));

        // Where two share a route, the first is one after which the call is always made again: enough of them are left for the second.
        var first = kinds.Where(kind => kind.Fault.Kind is FaultKind.Status or FaultKind.Html or FaultKind.Reset).Take(Kinds.Length - Routes.Length).ToArray();
        return
        [
            .. first.Zip(routes).Select(pair => Lay(pair.First, pair.Second, 0, random)),
            .. kinds.Except(first).Zip(routes).Select(pair => Lay(pair.First, pair.Second, random.Next(macs), random)),
            (Outage with { After = random.Next(8 * macs) }, new(Misfortune.JumpCloud, Outage.Name!, "it is away: 503 to everything")),
        ];
    }

    private static (Fault Rule, Misfortune What) Lay(
        (Fault Fault, string Sentence) kind, (string Method, string Path) route, int after, Seeded random)
    {
        var times = kind.Fault.Times ?? 1 + random.Next(MostInARow);
        return (
            kind.Fault with { Method = route.Method, Path = route.Path, After = after, Times = times },
            new(Misfortune.JumpCloud, kind.Fault.Name!, kind.Sentence));
    }
}
