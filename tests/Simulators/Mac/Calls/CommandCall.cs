using Prestage.Simulators.Mac.Faults;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Calls;

/// <summary>One running command: its arguments, its user, its standard input, and the Mac it may change.</summary>
internal sealed class CommandCall(SimulatedMac mac, CallRequest request, ICaller stream, MacFault? fault, CancellationToken cancellationToken)
{
    private readonly bool phantom = fault?.Mode == FaultMode.Phantom;
    private MacState? pretended;

    public string Command => request.Command;

    public string[] Arguments => request.Arguments;

    /// <summary>Whom the command runs as: 0, or the user that <c>launchctl asuser</c> and <c>sudo</c> named.</summary>
    public int Uid => request.Uid;

    public bool IsRoot => Uid == 0;

    public CancellationToken Cancel => cancellationToken;

    public SimulatedMac Mac => mac;

    public SimulatedMacOptions Options => mac.Options;

    public MacFiles Files => mac.Files;

    public MacState State => pretended ?? mac.State;

    /// <summary>Changes the Mac; under a phantom fault only what this call itself sees.</summary>
    public void Change(Func<MacState, MacState> change)
    {
        if (phantom)
        {
            pretended = change(State);
        }
        else
        {
            mac.Store.Change(change);
        }
    }

    /// <summary>Does something beside the state (files, sessions, agent); not under a phantom fault.</summary>
    public void Do(Action effect)
    {
        if (!phantom)
        {
            effect();
        }
    }

    public bool Behaves(MacFault like) => fault?.Mode == FaultMode.Behave && fault.Name == like.Name;

    /// <summary>The next line of standard input; null at its end.</summary>
    public Task<string?> ReadLineAsync() => stream.AskLineAsync(cancellationToken);

    /// <summary>Ends when the caller is gone, in whatever way.</summary>
    public async Task GoneAsync()
    {
        try
        {
            await stream.UntilClosedAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Killed, or answered.
        }
    }

    /// <summary>The value after an option; null where the option is not there.</summary>
    public string? Option(string name)
    {
        for (var at = 0; at + 1 < Arguments.Length; at++)
        {
            if (Arguments[at] == name)
            {
                return Arguments[at + 1];
            }
        }

        return null;
    }
}
