using System.Text.Json.Nodes;
using System.Xml;
using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>plutil -convert json -o - file</c> and <c>plutil -extract key json|raw -o - file</c>.</summary>
internal static class Plutil
{
    public static CommandAnswer Run(CommandCall call) => call.Arguments switch
    {
        ["-convert", "json", "-o", "-", .., var file] => Convert(call, file, null),
        ["-extract", var key, "json", "-o", "-", .., var file] => Convert(call, file, key),
        ["-extract", var key, "raw", "-o", "-", var file] => Raw(Convert(call, file, key)),
        _ => CommandAnswer.Failed(1, "plutil: unrecognized option\n"),
    };

    // A text as it is, with an end of line.
    private static CommandAnswer Raw(CommandAnswer json) => json.ExitCode == 0 ? CommandAnswer.Ok($"{JsonNode.Parse(json.Output)}\n") : json;

    private static CommandAnswer Convert(CommandCall call, string file, string? key)
    {
        var host = call.Files.FromArgument(file);
        if (!File.Exists(host))
        {
            return CommandAnswer.Failed(1, $"{file}: file does not exist or is not readable or is not a regular file\n");
        }

        try
        {
            return (key is null ? PropertyList.Read(host) : PropertyList.ReadValue(host, key)) is { } value
                ? CommandAnswer.Ok(value.ToJsonString())
                : CommandAnswer.Failed(1, $"{file}: Could not extract value, error: No value at that key path or invalid key path: {key}\n");
        }
        catch (XmlException exception)
        {
            return CommandAnswer.Failed(1, $"{file}: Property List error: {exception.Message} (Encountered unexpected EOF)\n");
        }
        catch (FormatException)
        {
            return CommandAnswer.Failed(1, $"{file}: invalid object in plist for destination format\n");
        }
    }
}
