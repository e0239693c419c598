using System.Text.Json;
using System.Text.Json.Nodes;
using Prestage.Simulators.Mac;
using Prestage.Simulators.Mac.Dialogs;
using Prestage.Simulators.Mac.Faults;

namespace Prestage.Simulators.Sandbox.Misfortunes;

/// <summary>How a Mac goes wrong by itself: its commands lie, hang or are slow, and its person's windows die. All kinds are shared out among the Macs.</summary>
internal sealed class MacTroubles
{
    private const string AgentPackage = "jumpcloud-agent";
    private const string TokenSentence = "sysadminctl says that it granted a Secure Token, and granted none";
    private const string LogOutSentence = "the logout event is refused";

    // An earlier one for the same command is met first: what makes the shim try again stands before what does not. The two that cost most time are
    // neighbours, and so fall on different Macs.
    private static readonly (string Sentence, Func<string, FaultOrder> Order)[] Lies =
    [
        ("scutil says nothing", _ => Any("empty", "scutil")),
        ("ioreg says nothing", _ => Any("empty", "ioreg")),
        ("pkgutil finds no signature on the agent's package", _ => new("pkgutil-no-signature", AgentPackage)),
        ("installer fails", _ => new("installer-failed", AgentPackage)),
        ("installer does its work and ends with 1", _ => Any("exit", "installer", 1) with { Argument = AgentPackage }),
        ("the agent takes 3 s to register", _ => Any("slow", "agent", 3000)),
        ("dscl does its work and ends with 1, twice", name => Any("exit", "dscl", 1) with { Argument = $"-read /Users/{name}", Times = 2 }),
        ("sysadminctl says that it made an account, and made none", _ => new("add-user-phantom")),
        ("sysadminctl takes 1.5 s", _ => Any("slow", "sysadminctl", 1500) with { Argument = "-addUser" }),
        ("dseditgroup does its work and ends with 1", _ => Any("exit", "dseditgroup", 1)),
        ("dscl never answers", _ => Any("hang", "dscl") with { Argument = "-authonly" }),
        (TokenSentence, _ => new("token-on-done-but-disabled")),
        ("sysadminctl says twice that there is no Secure Token", name => new("token-status-disabled", $"-secureTokenStatus {name}", Times: 2)),
        ("diskutil ends in the middle, twice", _ => new("diskutil-partial", Times: 2)),
        ("profiles says nothing", _ => Any("empty", "profiles")),
        (LogOutSentence, _ => new("osascript-user-canceled", "aevtrlgo")),
    ];

    private static readonly (string Sentence, PersonAct Act)[] Acts =
    [
        ("the window crashes at a question", new() { Kind = ActKind.Crash }),
        ("the window answers rubbish", new() { Kind = ActKind.Garble }),
        ("the person closes the window", new() { Kind = ActKind.Close }),
    ];

    private const string MistypedSentence = "the person mistypes the code";

    private readonly List<FaultOrder> faults = [];
    private readonly List<PersonAct> acts = [];

    /// <summary>What can strike, each at least once.</summary>
    public List<Misfortune> Planned { get; } = [];

    /// <summary>Whether an administrator is lent: without one nobody asks for a Secure Token before the login.</summary>
    public bool NeedsTokenAdmin { get; private set; }

    /// <summary>Whether the hand-over must find somebody to log out.</summary>
    public bool NeedsLogOut { get; private set; }

    /// <summary>One for each Mac.</summary>
    public static IReadOnlyList<MacTroubles> Draw(Seeded random, IReadOnlyList<string> serialNumbers, IReadOnlyList<string> usernames)
    {
        MacTroubles[] drawn = [.. serialNumbers.Select(_ => new MacTroubles())];
        var rounds = Enumerable.Range(0, Lies.Length).SelectMany(_ => random.Shuffle(Enumerable.Range(0, drawn.Length)));
        foreach (var ((sentence, order), owner) in Lies.Zip(rounds))
        {
            var fault = order(usernames[owner]);
            drawn[owner].faults.Add(fault);
            drawn[owner].Planned.Add(new(serialNumbers[owner], fault.ToFault().Name, sentence));
            drawn[owner].NeedsTokenAdmin |= sentence == TokenSentence;
            drawn[owner].NeedsLogOut |= sentence == LogOutSentence;
        }

        // A person can only mistype what is asked first; a window that died three times is given up for plain dialogs.
        var unlucky = random.Next(drawn.Length);
        drawn[unlucky].Add(serialNumbers[unlucky], MistypedSentence, new() { Values = new() { ["secret"] = "not my word" } });
        foreach (var (sentence, act) in random.Shuffle(Acts.Concat(random.Next(2) == 0 ? [] : Acts[..1])))
        {
            drawn[unlucky].Add(serialNumbers[unlucky], sentence, act);
        }

        return drawn;
    }

    /// <summary>Writes them into the options of a simulated Mac.</summary>
    public void Apply(JsonObject mac)
    {
        mac["faults"] = new JsonArray([.. faults.Select(fault => JsonSerializer.SerializeToNode(fault, MacJson.Default.FaultOrder))]);
        mac["person"]!["acts"] = new JsonArray([.. acts.Select(act => JsonSerializer.SerializeToNode(act, MacJson.Default.PersonAct))]);
    }

    private static FaultOrder Any(string name, string command, int value = 0) => new(name) { Command = command, Value = value };

    private void Add(string serialNumber, string sentence, PersonAct act)
    {
        acts.Add(act);
        var planned = new Misfortune(serialNumber, $"person-{act.Kind}", sentence);
        if (!Planned.Contains(planned))
        {
            Planned.Add(planned);
        }
    }
}
