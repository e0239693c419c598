using System.Globalization;
using System.Xml.Linq;
using Prestage.Simulators.Mac.Commands;

namespace Prestage.Simulators.Mac.Machine;

/// <summary>What swiftDialog's package leaves on the disk: the signed app, and <c>/usr/local/bin/dialog</c>, which is a link into it from 3.0 on.</summary>
internal static class DialogFiles
{
    public const string App = "/Library/Application Support/Dialog/Dialog.app";
    public const string Team = "PWA5E9TQ59";

    /// <summary>Whether that is a program of the app, or the link to it.</summary>
    public static bool IsProgram(string macPath) => macPath == Dialog.Path || macPath.StartsWith($"{App}/Contents/MacOS/", StringComparison.Ordinal);

    /// <param name="program">The text of the program.</param>
    public static void Lay(MacFiles files, string version, string team, string program)
    {
        var app = files.Of(App);
        if (Directory.Exists(app))
        {
            Directory.Delete(app, recursive: true);
        }

        UnixFile.Write($"{app}/Contents/Info.plist", InfoPlist(version), UnixFile.ReadableByAll);
        var isNew = int.Parse(version.Split('.')[0], CultureInfo.InvariantCulture) >= 3;
        var tool = $"{app}/Contents/MacOS/{(isNew ? "dialogcli" : "Dialog")}";
        UnixFile.Write(tool, program, UnixFile.OwnerOnlyProgram);
        SignedApp.Sign(app, team);
        var command = files.Of(Dialog.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(command)!);
        File.Delete(command);
        if (isNew)
        {
            File.CreateSymbolicLink(command, tool);
        }
        else
        {
            UnixFile.Write(command, program, UnixFile.OwnerOnlyProgram);
        }
    }

    private static string InfoPlist(string version) => new XDocument(new XElement("plist", new XElement(
        "dict",
        new XElement("key", "CFBundleIdentifier"),
        new XElement("string", "au.csiro.dialog"),
        new XElement("key", "CFBundleShortVersionString"),
        new XElement("string", version)))).ToString();
}
