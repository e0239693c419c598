using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Commands;

namespace Prestage.Simulators.Mac.Faults;

/// <summary>Fills a fault's text in for the call that meets it.</summary>
internal static class FaultText
{
    private static readonly string[] NamedBy =
        ["-addUser", "-deleteUser", "-secureTokenStatus", "-secureTokenOn", "-resetPasswordFor", "-authonly", "-m", "-a", "-d", "-u", "-pkg"];

    public static CommandAnswer Answer(MacFault fault, CommandCall call) => new(fault.ExitCode, Fill(fault.Output, call), Fill(fault.Errors, call));

    private static string Fill(string text, CommandCall call)
    {
        if (!text.Contains('{', StringComparison.Ordinal))
        {
            return text;
        }

        var subject = Subject(call.Arguments);
        var prefix = new NsLog(call);
        return text
            .Replace("{warning}", prefix.Warning, StringComparison.Ordinal)
            .Replace("{p}", prefix.Prefix, StringComparison.Ordinal)
            .Replace("{full}", call.State.Find(subject)?.FullName ?? subject, StringComparison.Ordinal)
            .Replace("{u}", subject, StringComparison.Ordinal);
    }

    private static string Subject(string[] arguments)
    {
        for (var at = 0; at + 1 < arguments.Length; at++)
        {
            if (NamedBy.Contains(arguments[at]))
            {
                return arguments[at + 1];
            }
        }

        var last = arguments.FirstOrDefault(argument => argument.StartsWith("/Users/", StringComparison.Ordinal)) ?? arguments.LastOrDefault() ?? string.Empty;
        return last[(last.LastIndexOf('/') + 1)..];
    }
}
