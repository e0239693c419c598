using Prestage.Simulators.Mac.Commands;
using Prestage.Simulators.Mac.Faults;

namespace Prestage.Simulators.Mac.Calls;

/// <summary>Whoever started a command: what it reads from, and whether it is still waited for.</summary>
internal interface ICaller
{
    /// <summary>One line of standard input without its end; null at its end.</summary>
    Task<string?> AskLineAsync(CancellationToken cancellationToken);

    /// <summary>Returns when nobody waits for the command any more.</summary>
    Task UntilClosedAsync(CancellationToken cancellationToken);
}

/// <summary>Answers every call, whichever way it came: meets its fault, runs it, and writes it down.</summary>
internal sealed class CommandDesk(SimulatedMac mac)
{
    /// <exception cref="IOException">The caller gave up, or there is no such command.</exception>
    public async Task<CommandAnswer> AnswerAsync(CallRequest request, ICaller caller, CancellationToken cancellationToken)
    {
        var started = mac.Options.Time.GetTimestamp();
        var fault = mac.Faults.Take(request.Command, request.Arguments);
        var call = new CommandCall(mac, request, caller, fault, cancellationToken);
        CommandAnswer? answer = null;
        try
        {
            return answer = await RunAsync(call, fault, caller);
        }
        finally
        {
            var (shown, found) = PasswordArguments.Hide(request.Arguments);
            var exitCode = answer is { Run: null } ? answer.ExitCode : (int?)null;
            var took = mac.Options.Time.GetElapsedTime(started).TotalMilliseconds;
            mac.Journal.Add(new MacCall(request.Command, shown, request.Uid, exitCode, took, fault?.Name), found);
        }
    }

    private static async Task<CommandAnswer> RunAsync(CommandCall call, MacFault? fault, ICaller caller)
    {
        switch (fault?.Mode)
        {
            case FaultMode.Hang:
                await caller.UntilClosedAsync(call.Cancel);
                throw new IOException("the caller gave up");
            case FaultMode.Instead:
                return FaultText.Answer(fault, call);
            case FaultMode.Slow:
                await Task.Delay(fault.Delay, call.Options.Time, call.Cancel);
                break;
            case FaultMode.Afterwards:
                var real = await CommandTable.RunAsync(call);
                var own = FaultText.Answer(fault, call);
                return own.Output.Length + own.Errors.Length > 0 ? own : real with { ExitCode = own.ExitCode };
        }

        return await CommandTable.RunAsync(call);
    }
}
