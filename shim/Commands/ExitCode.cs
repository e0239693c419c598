namespace Prestage.Shim.Commands;

/// <summary>What the program's exit says. launchd (<c>KeepAlive/SuccessfulExit=false</c>) starts it again after anything but <see cref="Done"/>.</summary>
internal enum ExitCode
{
    /// <summary>Everything is done, or was done before.</summary>
    Done = 0,

    /// <summary>A step could not be ended yet; the next start resumes it.</summary>
    Unfinished = 1,

    /// <summary>A setting is missing or wrong; the message names it.</summary>
    BadSettings = 2,

    /// <summary>Not started as root.</summary>
    NotRoot = 3,

    /// <summary>The service refuses this Mac or this account until an operator acts.</summary>
    Refused = 4,

    /// <summary>The service could not finish the enrollment; an operator's retry continues it.</summary>
    Failed = 5,

    /// <summary>Others can change a program, directory or file that must be root's alone; the message names it. It was not used.</summary>
    Untrusted = 6,

    /// <summary>doctor: something is not as it should be, but the enrollment can end.</summary>
    Warnings = 10,

    /// <summary>doctor: the enrollment cannot end before something is mended.</summary>
    Unfit = 11,

    /// <summary>reset, uninstall: another prestage runs on this Mac; nothing was changed.</summary>
    Running = 12,

    /// <summary>uninstall: an enrollment is under way; nothing was changed.</summary>
    Enrolling = 13,

    /// <summary>Unknown command or option (EX_USAGE of sysexits.h).</summary>
    Usage = 64,
}
