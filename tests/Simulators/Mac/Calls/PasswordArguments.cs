namespace Prestage.Simulators.Mac.Calls;

/// <summary>Finds passwords in arguments, also in those of a command that another one is to run.</summary>
internal static class PasswordArguments
{
    private static readonly string[] Options = ["-password", "-adminPassword", "-newPassword", "-oldPassword"];

    /// <summary>The arguments as they may be shown, and whether a password was among them.</summary>
    public static (IReadOnlyList<string> Shown, bool Found) Hide(string[] arguments)
    {
        var shown = arguments.ToArray();
        for (var at = 0; at < shown.Length; at++)
        {
            if (Options.Contains(shown[at]) && at + 1 < shown.Length && shown[at + 1] != "-")
            {
                shown[at + 1] = "***";
            }
            else if (shown[at] is "-authonly" or "-passwd")
            {
                // Both are followed by a name or path; what comes after that is secret.
                Array.Fill(shown, "***", Math.Min(at + 2, shown.Length), Math.Max(0, shown.Length - at - 2));
            }
        }

        return (shown, shown.Contains("***"));
    }
}
