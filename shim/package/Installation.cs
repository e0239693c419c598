using System.Xml.Linq;
using Prestage.Shim.Commands;
using Prestage.Shim.Mac;

namespace Prestage.Package;

/// <summary>What installs and starts the program: launchd's job and the package's distribution.</summary>
internal static class Installation
{
    private const int OnlyRoot = 0b000_111_111;
    private static readonly MacPaths Paths = new(string.Empty);

    /// <summary>
    /// launchd's job: starts with the Mac, and again after every end but a good one, at most every ten seconds. What it leaves running lives on: a window
    /// to be read, an installation that must not be cut off.
    /// </summary>
    public static string LaunchDaemon() => PropertyList.Write(
        PropertyList.Dict(
            ("Label", MacPaths.Label),
            ("ProgramArguments", PropertyList.Array(Paths.Program, "run")),
            ("RunAtLoad", true),
            ("KeepAlive", PropertyList.Dict(("SuccessfulExit", false))),
            ("ThrottleInterval", 10),
            ("ProcessType", "Interactive"),
            ("AbandonProcessGroup", true),
            ("WorkingDirectory", "/"),
            ("Umask", OnlyRoot),
            ("EnvironmentVariables", PropertyList.Dict(("HOME", "/var/root"), ("LANG", "C")))),
        "Made by ./dev profiles.");

    /// <summary>The distribution: MDMs refuse a bare component package. Without hostArchitectures macOS asks for Rosetta.</summary>
    public static string Distribution() => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- Made by ./dev profiles. -->
        {new XElement(
            "installer-gui-script",
            new XAttribute("minSpecVersion", 2),
            new XElement("title", "Prestage"),
            new XElement(
                "options",
                new XAttribute("customize", "never"),
                new XAttribute("require-scripts", false),
                new XAttribute("rootVolumeOnly", true),
                new XAttribute("hostArchitectures", "arm64,x86_64")),
            new XElement("volume-check", new XElement("allowed-os-versions", new XElement("os-version", new XAttribute("min", "13.0")))),
            new XElement("choices-outline", new XElement("line", new XAttribute("choice", "all"))),
            new XElement("choice", new XAttribute("id", "all"), new XElement("pkg-ref", new XAttribute("id", MacPaths.Label))),
            new XElement("pkg-ref", new XAttribute("id", MacPaths.Label), new XAttribute("version", ProgramVersion.Text), "prestage-component.pkg"))}

        """;
}
