using Prestage.Simulators.FunctionsHost.Rpc;

namespace Prestage.Simulators.FunctionsHost.Worker;

/// <summary>A worker that was started, and its stream.</summary>
internal sealed class RunningWorker(IWorker worker, WorkerSession session)
{
    public IWorker Worker { get; } = worker;

    public WorkerSession Session { get; } = session;

    /// <summary>Where its HTTP side listens; known when it was greeted.</summary>
    public Uri HttpAddress { get; set; } = new("http://127.0.0.1");

    /// <summary>Whether it takes invocations.</summary>
    public bool IsReady { get; set; }

    /// <summary>Whether the host ends it on purpose: how it ends is then no error.</summary>
    public bool IsReplaced { get; set; }
}

/// <summary>The worker did not come up, and the host with it.</summary>
internal sealed class WorkerStartException(int exitCode, string message) : Exception(message)
{
    /// <summary>The worker's exit code.</summary>
    public int ExitCode { get; } = exitCode;
}

/// <summary>The worker ended with errors too often: the host has stopped.</summary>
internal sealed class HostStoppedException() : Exception("The Functions host has stopped.");
