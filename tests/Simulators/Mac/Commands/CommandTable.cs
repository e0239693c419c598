using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary>Which commands there are, where they lie on a Mac, and who plays them.</summary>
internal static class CommandTable
{
    private static readonly Dictionary<string, Func<CommandCall, Task<CommandAnswer>>> Commands = new(StringComparer.Ordinal)
    {
        ["/usr/sbin/sysadminctl"] = SysAdminCtl.RunAsync,
        ["/usr/bin/dscl"] = Dscl.RunAsync,
        ["/usr/sbin/dseditgroup"] = Now(DsEditGroup.Run),
        ["/usr/bin/codesign"] = Now(CodeSign.Run),
        ["/usr/sbin/createhomedir"] = Now(CreateHomeDir.Run),
        ["/usr/bin/id"] = Now(Id.Run),
        ["/bin/date"] = Now(Date.Run),
        ["/usr/bin/defaults"] = Now(Defaults.Run),
        ["/bin/df"] = Now(Hardware.Df),
        ["/usr/sbin/sysctl"] = Now(Hardware.Sysctl),
        ["/usr/bin/stat"] = Now(ConsoleScreen.Stat),
        ["/usr/sbin/scutil"] = Scutil.RunAsync,
        ["/usr/bin/fdesetup"] = Now(FdeSetup.Run),
        ["/usr/sbin/diskutil"] = Now(Diskutil.Run),
        ["/usr/bin/profiles"] = Now(Profiles.Run),
        ["/bin/launchctl"] = Now(Launchctl.Run),
        ["/usr/sbin/installer"] = Installer.RunAsync,
        ["/usr/sbin/pkgutil"] = Now(Pkgutil.Run),
        ["/usr/sbin/spctl"] = Now(Spctl.Run),
        ["/usr/bin/pgrep"] = Now(Pgrep.Run),
        ["/usr/bin/pkill"] = Now(Pgrep.Kill),
        ["/usr/bin/pwpolicy"] = Now(PwPolicy.Run),
        ["/usr/bin/sw_vers"] = Now(Hardware.SwVers),
        ["/usr/sbin/ioreg"] = Now(Hardware.Ioreg),
        ["/usr/bin/osascript"] = OsaScript.RunAsync,
        ["/usr/bin/plutil"] = Now(Plutil.Run),
        ["/usr/bin/sntp"] = Now(Sntp.Run),
        ["/usr/bin/sudo"] = Now(Sudo.Run),
        [Dialog.Path] = Dialog.RunAsync,
    };

    private static readonly Dictionary<string, Func<CommandCall, Task<CommandAnswer>>> ByName =
        Commands.ToDictionary(command => Path.GetFileName(command.Key), command => command.Value, StringComparer.Ordinal);

    /// <summary>What every Mac has; the others come by packages.</summary>
    public static IReadOnlyCollection<string> Paths { get; } = [.. Commands.Keys.Where(path => path != Dialog.Path)];

    /// <summary>Those too.</summary>
    public static IReadOnlyCollection<string> AllPaths => Commands.Keys;

    /// <summary>The name of the command at that path: swiftDialog's has several.</summary>
    public static string NameOf(string path) => DialogFiles.IsProgram(path) ? Path.GetFileName(Dialog.Path) : Path.GetFileName(path);

    public static Task<CommandAnswer> RunAsync(CommandCall call) => ByName.TryGetValue(call.Command, out var command)
        ? command(call)
        : throw new IOException($"there is no {call.Command}");

    private static Func<CommandCall, Task<CommandAnswer>> Now(Func<CommandCall, CommandAnswer> run) => call => Task.FromResult(run(call));
}
