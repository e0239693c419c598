using System.Globalization;
using System.Text;
using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary>Lines on standard error as <c>sysadminctl</c> writes them: time, program, process and thread before each.</summary>
internal sealed class NsLog
{
    private readonly StringBuilder lines = new();

    public NsLog(CommandCall call)
    {
        var now = call.Options.Time.GetLocalNow() + call.State.ClockOffset;
        Prefix = string.Create(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd HH:mm:ss.fff} sysadminctl[4242:98765] ");
    }

    public string Prefix { get; }

    /// <summary>On every call without an admin's credentials, the successful ones too.</summary>
    public string Warning =>
        $"{Prefix}----------------------------\n"
        + $"{Prefix}No clear text password or interactive option was specified (adduser, change/reset password will not allow user to use FDE) !\n"
        + $"{Prefix}----------------------------\n";

    public NsLog Warn()
    {
        lines.Append(Warning);
        return this;
    }

    public NsLog Say(string message)
    {
        lines.Append(Prefix).Append(message).Append('\n');
        return this;
    }

    /// <summary>The framework's own lines have no prefix.</summary>
    public NsLog SayBare(string message)
    {
        lines.Append(message).Append('\n');
        return this;
    }

    /// <summary>Exit code 0, whatever happened.</summary>
    public CommandAnswer Answer() => CommandAnswer.Failed(0, lines.ToString());
}
