namespace Prestage.Simulators.JumpCloud;

/// <summary>What goes wrong.</summary>
internal enum FaultKind
{
    /// <summary>Only the delay.</summary>
    Latency,

    /// <summary>The connection is cut without an answer.</summary>
    Reset,

    /// <summary>A status with a JSON body (<c>{"message":…}</c>).</summary>
    Status,

    /// <summary>A status with an HTML body, as gateways send.</summary>
    Html,

    /// <summary>The answer of a refused key.</summary>
    Unauthorized,

    /// <summary>403 for the caller's address, as an abuse filter answers.</summary>
    IpBlock,

    /// <summary>The call is done and half of its answer is sent, as well-framed HTTP.</summary>
    TruncatedJson,

    /// <summary>200 with no body; the call is not done.</summary>
    Empty,

    /// <summary>The call is done and the connection cut before its answer.</summary>
    LostReply,
}

/// <summary>A rule of misbehaviour. The first rule that fits and is not spent acts; rules of kind <see cref="FaultKind.Latency"/> act besides another one.</summary>
internal sealed record Fault
{
    /// <summary>What goes wrong.</summary>
    public FaultKind Kind { get; init; }

    /// <summary>What <see cref="FaultTable.OnStruck"/> is told; the kind unless set.</summary>
    public string? Name { get; init; }

    /// <summary>HTTP method; null = any.</summary>
    public string? Method { get; init; }

    /// <summary>See <see cref="Loopback.PathPattern"/>.</summary>
    public string Path { get; init; } = "*";

    /// <summary>How many requests it strikes; null = all.</summary>
    public int? Times { get; init; }

    /// <summary>How many fitting requests, of those that no earlier rule took, pass unharmed first.</summary>
    public int After { get; init; }

    /// <summary>Status of <see cref="FaultKind.Status"/> and <see cref="FaultKind.Html"/>.</summary>
    public int Status { get; init; } = 503;

    /// <summary><c>Retry-After</c> in seconds; null = no header.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Writes <c>Retry-After</c> as an HTTP date.</summary>
    public bool RetryAfterAsDate { get; init; }

    /// <summary>Waits this long before anything else.</summary>
    public int DelayMilliseconds { get; init; }
}

/// <summary>The rules in force. Safe for concurrent use.</summary>
internal sealed class FaultTable
{
    private readonly Lock gate = new();
    private readonly List<Rule> rules = [];

    /// <summary>Told of each rule that acts: its name, and the call.</summary>
    public Action<string, string>? OnStruck { get; set; }

    /// <summary>Adds rules behind the existing ones.</summary>
    public void Add(params ReadOnlySpan<Fault> faults)
    {
        lock (gate)
        {
            foreach (var fault in faults)
            {
                rules.Add(new Rule(fault));
            }
        }
    }

    /// <summary>Removes all rules.</summary>
    public void Clear()
    {
        lock (gate)
        {
            rules.Clear();
        }
    }

    /// <summary>The wait and the fault for one request.</summary>
    internal (TimeSpan Delay, Fault? Fault) Strike(string method, string path)
    {
        var struck = Acting(method, path);
        foreach (var fault in struck)
        {
            OnStruck?.Invoke(fault.Name ?? fault.Kind.ToString(), $"{method} {path}");
        }

        return (TimeSpan.FromMilliseconds(struck.Sum(fault => fault.DelayMilliseconds)), struck.Find(fault => fault.Kind != FaultKind.Latency));
    }

    private List<Fault> Acting(string method, string path)
    {
        var acting = new List<Fault>();
        lock (gate)
        {
            foreach (var rule in rules)
            {
                if (!rule.Strikes(method, path))
                {
                    continue;
                }

                acting.Add(rule.Fault);
                if (rule.Fault.Kind != FaultKind.Latency)
                {
                    break;
                }
            }
        }

        return acting;
    }

    private sealed class Rule(Fault fault)
    {
        private readonly Loopback.PathPattern pattern = new(fault.Path);
        private int seen;

        public Fault Fault => fault;

        public bool Strikes(string method, string path)
        {
            if ((fault.Method is not null && fault.Method != method) || !pattern.Fits(path))
            {
                return false;
            }

            seen++;
            return seen > fault.After && (fault.Times is null || seen <= fault.After + fault.Times);
        }
    }
}
