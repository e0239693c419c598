using Prestage.Simulators.FunctionsHost.Rpc;
using Prestage.Simulators.FunctionsHost.Triggers;
using Prestage.Simulators.FunctionsHost.Worker;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>What the local host runs, and how.</summary>
/// <param name="Folder">The folder of the function app, built or published: <c>host.json</c>, <c>worker.config.json</c> and the
/// program.</param>
/// <param name="Settings">The app's settings: environment variables of the worker, and what the host itself reads.</param>
internal sealed record LocalFunctionsHostOptions(string Folder, IReadOnlyDictionary<string, string?> Settings)
{
    /// <summary>The public port; 0 for any free one.</summary>
    public int Port { get; init; }

    /// <summary>How the worker is started: usually as a child process.</summary>
    public IWorkerLauncher Launcher { get; init; } = new ChildWorkerLauncher();

    /// <summary>Gets every message that the worker sends, on the thread that reads them.</summary>
    public Action<StreamingMessage>? OnWorkerMessage { get; init; }

    /// <summary>Gets every entry of the log.</summary>
    public Action<HostLogEntry>? OnLog { get; init; }

    /// <summary>The clock of timers and restarts.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How long the host waits before it starts a worker again that ended with a second error.</summary>
    public TimeSpan RestartPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a function may take to heed its cancellation, before its worker is replaced.</summary>
    public TimeSpan CancellationGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a proxied exchange may be without a byte.</summary>
    public TimeSpan ActivityTimeout { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>When the timers ran; a host that gets those of an earlier one knows what was missed.</summary>
    public TimerStatuses Timers { get; init; } = new();
}
