using System.Xml;
using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>plutil -convert json -o - file</c>.</summary>
internal static class Plutil
{
    public static CommandAnswer Run(CommandCall call)
    {
        if (call.Arguments is not ["-convert", "json", "-o", "-", .. var files] || files.LastOrDefault() is not { } file)
        {
            return CommandAnswer.Failed(1, "plutil: unrecognized option\n");
        }

        var host = call.Files.FromArgument(file);
        if (!File.Exists(host))
        {
            return CommandAnswer.Failed(1, $"{file}: file does not exist or is not readable or is not a regular file\n");
        }

        try
        {
            return CommandAnswer.Ok(PropertyList.Read(host).ToJsonString());
        }
        catch (XmlException error)
        {
            return CommandAnswer.Failed(1, $"{file}: Property List error: {error.Message} (Encountered unexpected EOF)\n");
        }
        catch (FormatException)
        {
            return CommandAnswer.Failed(1, $"{file}: invalid object in plist for destination format\n");
        }
    }
}
