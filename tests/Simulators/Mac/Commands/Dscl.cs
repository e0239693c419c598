using System.Globalization;
using System.Text;
using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>dscl</c> on the local node. Exit codes are the low byte of the negated status (DSTools, dscl.m).</summary>
internal static class Dscl
{
    public static Task<CommandAnswer> RunAsync(CommandCall call)
    {
        List<string> arguments = [.. call.Arguments];
        var plist = arguments.Remove("-plist");
        arguments.Remove("-q");
        if (arguments.Count < 2)
        {
            return Task.FromResult(CommandAnswer.Failed(64, "usage: dscl [-p] [-u user] [-P password] datasource [command]\n"));
        }

        if (arguments[0] is not ("." or "/Local/Default" or "localhost"))
        {
            return Task.FromResult(CommandAnswer.Failed(69, $"Data source ({arguments[0]}) is not valid.\n"));
        }

        var rest = arguments[2..];
        return arguments[1].TrimStart('-') switch
        {
            "read" when rest.Count > 0 => Task.FromResult(Read(call, rest, plist)),
            "list" when rest.Count > 0 => Task.FromResult(List(call, rest)),
            "create" or "append" or "merge" or "delete" when rest.Count > 0 => Task.FromResult(DsclChanges.Run(call, arguments[1].TrimStart('-'), rest)),
            "authonly" when rest.Count > 0 => DsclPasswords.VerifyAsync(call, rest),
            "passwd" when rest.Count > 0 => DsclPasswords.SetAsync(call, rest),
            _ => Task.FromResult(CommandAnswer.Failed(64, "Invalid command.\n")),
        };
    }

    /// <summary>The refusal of one verb with a DirectoryService status.</summary>
    public static CommandAnswer Error(int status, string name, string before = "") =>
        CommandAnswer.Failed(-status & 0xFF, string.Create(CultureInfo.InvariantCulture, $"{before}<dscl_cmd> DS Error: {status} ({name})\n"));

    public static CommandAnswer NotFound() => Error(-14136, "eDSRecordNotFound");

    private static CommandAnswer Read(CommandCall call, List<string> rest, bool plist)
    {
        if (DsclRecord.Of(call.State, rest[0]) is not { } record)
        {
            return NotFound();
        }

        IEnumerable<string> keys = rest.Count > 1 ? rest[1..] : record.Select(attribute => attribute.Key);
        var (found, missing) = (new List<DsclAttribute>(), new StringBuilder());
        foreach (var key in keys)
        {
            var name = DsclAttribute.Plain(key);
            if (record.FirstOrDefault(attribute => attribute.Key == name) is { } attribute)
            {
                found.Add(attribute);
            }
            else
            {
                // Not an error to dscl: exit code 0.
                missing.Append(CultureInfo.InvariantCulture, $"No such key: {key}\n");
            }
        }

        var output = plist ? DsclAttribute.Plist(found) : string.Concat(found.Select(attribute => attribute.Text()));
        return new CommandAnswer(0, output, missing.ToString());
    }

    private static CommandAnswer List(CommandCall call, List<string> rest)
    {
        IEnumerable<string> names = rest[0].TrimEnd('/') switch
        {
            "/Users" => call.State.Users.Keys,
            "/Groups" => ["admin", "staff"],
            _ => [],
        };
        var lines = new StringBuilder();
        foreach (var name in names)
        {
            if (rest.Count == 1)
            {
                lines.Append(CultureInfo.InvariantCulture, $"{name}\n");
            }
            else if (DsclRecord.Of(call.State, $"{rest[0].TrimEnd('/')}/{name}")!.FirstOrDefault(found => found.Key == DsclAttribute.Plain(rest[1])) is { } attribute)
            {
                lines.Append(CultureInfo.InvariantCulture, $"{name,-23} {string.Join(' ', attribute.Values)}\n");
            }
        }

        return lines.Length > 0 || rest[0].TrimEnd('/') is "/Users" or "/Groups" ? CommandAnswer.Ok(lines.ToString()) : Error(-14009, "eDSUnknownNodeName");
    }
}
