namespace Prestage.Simulators.Mac.Calls;

/// <summary>A command that was run. Never its standard input, and passwords in arguments as <c>***</c>.</summary>
/// <param name="ExitCode">Null where it never answered or became another command.</param>
/// <param name="Milliseconds">Inside the resident process; the script's own start is not in it.</param>
internal sealed record MacCall(string Command, IReadOnlyList<string> Arguments, int Uid, int? ExitCode, double Milliseconds, string? Fault)
{
    public string Line => $"{Command} {string.Join(' ', Arguments)}".TrimEnd();
}

/// <summary>What was run on the Mac, in order of its end.</summary>
internal sealed class MacJournal
{
    private readonly Lock gate = new();
    private readonly List<MacCall> calls = [];
    private readonly List<string> passwordsOnArgv = [];

    public IReadOnlyList<MacCall> Calls
    {
        get
        {
            lock (gate)
            {
                return [.. calls];
            }
        }
    }

    /// <summary>Command lines in which a password stood for every process to see, the passwords left out. Must be empty.</summary>
    public IReadOnlyList<string> PasswordsOnArgv
    {
        get
        {
            lock (gate)
            {
                return [.. passwordsOnArgv];
            }
        }
    }

    public void Add(MacCall call, bool passwordOnArgv)
    {
        lock (gate)
        {
            calls.Add(call);
            if (passwordOnArgv)
            {
                passwordsOnArgv.Add(call.Line);
            }
        }
    }
}
