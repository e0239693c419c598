namespace Prestage.Shim.Ui.SwiftDialog;

/// <summary>swiftDialog's exit codes.</summary>
internal static class DialogExit
{
    public const int Answered = 0;
    public const int QuitByCommand = 5;

    /// <summary>
    /// The person or a command closed the window: second button, info button, 4, quit command, quit key, window closed (3.x), timer, auth key, signal
    /// (3.x). Anything else is a window that died or was never there.
    /// </summary>
    public static bool WasClosed(int code) => code is 2 or 3 or 4 or QuitByCommand or 10 or 15 or 20 or 30 or 40;
}
