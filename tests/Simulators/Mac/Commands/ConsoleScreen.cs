using System.Globalization;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary>Who is at the screen, as <c>stat /dev/console</c> and <c>scutil</c> tell it.</summary>
internal static class ConsoleScreen
{
    private const int SetupUid = 248;

    public static CommandAnswer Stat(CommandCall call)
    {
        var format = call.Option("-f") ?? call.Arguments.FirstOrDefault(argument => argument.StartsWith("-f", StringComparison.Ordinal))?[2..] ?? string.Empty;
        if (!call.Arguments.Contains("/dev/console"))
        {
            return StatFile(call, call.Arguments.LastOrDefault() ?? string.Empty, format);
        }

        var (name, uid) = call.State switch
        {
            { Console: { } session } => (session.ShortName, session.Uid),
            { Screen: ScreenOwner.SetupAssistant } => ("_mbsetupuser", SetupUid),
            _ => ("root", 0),
        };
        return CommandAnswer.Ok((format == "%u" ? uid.ToString(CultureInfo.InvariantCulture) : name) + "\n");
    }

    // Mode and kind are the host's; the host's files are all of one owner, the Mac's are not. Links are not followed.
    private static CommandAnswer StatFile(CommandCall call, string file, string format)
    {
        var path = call.Files.FromArgument(file);
        FileSystemInfo found = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (!found.Exists && found.LinkTarget is null)
        {
            return CommandAnswer.Failed(1, $"stat: {file}: stat: No such file or directory\n");
        }

        var kind = found.LinkTarget is not null ? "Symbolic Link" : found is DirectoryInfo ? "Directory" : "Regular File";
        var (uid, gid) = call.Files.OwnerOf(path.StartsWith(call.Files.Root, StringComparison.Ordinal) ? path[call.Files.Root.Length..] : path);
        return CommandAnswer.Ok(format
            .Replace("%u", uid.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%g", gid.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%Lp", Convert.ToString((int)UnixFile.ModeOf(found.FullName), 8), StringComparison.Ordinal)
            .Replace("%HT", kind, StringComparison.Ordinal) + "\n");
    }

    /// <summary>The dictionary of <c>State:/Users/ConsoleUser</c>.</summary>
    public static string Show(MacState state) => state switch
    {
        { Console: { } session } => Session(session, state.Find(session.ShortName)?.FullName ?? session.ShortName),
        { Screen: ScreenOwner.Nobody } => "  No such key\n",
        { Screen: ScreenOwner.SetupAssistant } => Session(new ConsoleSession("_mbsetupuser", SetupUid, 100001, LoginDone: true), "Setup User"),
        _ => Session(new ConsoleSession("loginwindow", 0, 100002, LoginDone: false), "loginwindow"),
    };

    private static string Session(ConsoleSession session, string fullName)
    {
        var isLoginWindow = session.Uid == 0;
        string[] entries =
        [
            isLoginWindow ? string.Empty : Entry("kCGSSessionAuditIDKey", session.SessionId),
            isLoginWindow ? string.Empty : Entry("kCGSSessionOnConsoleKey", "TRUE"),
            isLoginWindow ? string.Empty : Entry("kCGSSessionUserIDKey", session.Uid),
            isLoginWindow ? string.Empty : Entry("kCGSSessionUserNameKey", session.ShortName),
            Entry("kCGSessionLoginDoneKey", session.LoginDone ? "TRUE" : "FALSE"),
            isLoginWindow ? string.Empty : Entry("kCGSessionLongUserNameKey", fullName),
            Entry("kSCSecuritySessionID", session.SessionId),
        ];
        return string.Create(CultureInfo.InvariantCulture, $$"""
            <dictionary> {
              GID : {{(isLoginWindow ? 0 : 20)}}
              Name : {{session.ShortName}}
              SessionInfo : <array> {
                0 : <dictionary> {
            {{string.Concat(entries)}}    }
              }
              UID : {{session.Uid}}
            }

            """);
    }

    private static string Entry(string key, object value) => string.Create(CultureInfo.InvariantCulture, $"      {key} : {value}\n");
}
