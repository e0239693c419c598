namespace Prestage.Simulators.Mac.Machine;

/// <summary>Graphical login and logout.</summary>
internal static class SessionRules
{
    private static readonly string[] Desktop = ["loginwindow", "Finder", "Dock", "cfprefsd"];

    /// <summary>The password was taken; the desktop is not there yet.</summary>
    public static MacState BeginLogin(MacState state, MacUser user) => state with
    {
        Console = new ConsoleSession(user.ShortName, user.Uid, state.NextSession, LoginDone: false),
        NextSession = state.NextSession + 1,
        AutoLoginDue = false,
    };

    /// <summary>The desktop is up. A graphical login is where the escrowed Bootstrap Token gives a Secure Token.</summary>
    public static MacState EndLogin(MacState state)
    {
        if (state.Console is not { } session || state.Find(session.ShortName) is not { } user)
        {
            return state;
        }

        var granted = state.BootstrapTokenEscrowed && !user.SecureToken
            ? AccountRules.Update(state, user.ShortName, holder => holder with { SecureToken = true })
            : state;
        return granted with
        {
            Console = session with { LoginDone = true },
            Processes = state.Processes.AddRange(Desktop.Select((name, index) => new MacProcess(state.NextPid + index, user.Uid, name))),
            NextPid = state.NextPid + Desktop.Length,
        };
    }

    /// <summary>Ends that user's session and processes; the screen is the login window's again.</summary>
    public static MacState LogOut(MacState state, int uid) => state with
    {
        Console = state.Console?.Uid == uid ? null : state.Console,
        Screen = ScreenOwner.LoginWindow,
        Processes = state.Processes.RemoveAll(process => process.Uid == uid),
    };
}
