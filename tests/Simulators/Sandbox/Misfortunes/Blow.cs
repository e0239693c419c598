namespace Prestage.Simulators.Sandbox.Misfortunes;

/// <summary>What the sandbox does to the world itself.</summary>
internal enum BlowKind
{
    /// <summary>SIGKILL to the host and its worker, and a new start.</summary>
    KillBackend,

    /// <summary>SIGKILL to the worker below its host, which starts it again.</summary>
    KillWorker,

    /// <summary>SIGKILL to the shim; launchd starts it again.</summary>
    KillShim,

    /// <summary>The Mac restarts.</summary>
    RestartMac,

    /// <summary>No connection between Mac and backend for some seconds.</summary>
    CutNetwork,

    /// <summary>The backend does what it is asked, and the Mac never hears of it.</summary>
    LoseAnswer,

    /// <summary>SIGSTOP to the storage emulator for longer than a client waits; then it answers everything.</summary>
    StopStorage,

    /// <summary>Another API key, while the vault answers 503.</summary>
    RotateKeyVaultAway,

    /// <summary>Another API key, while the vault answers 429.</summary>
    RotateKeyVaultBusy,

    /// <summary>Another API key, while the vault refuses the backend.</summary>
    RotateKeyVaultForbidden,
}

/// <summary>A blow and its moment: so long after that Mac has done that step.</summary>
/// <param name="Mac">The Mac's number.</param>
/// <param name="Length">How long it lasts, where it does.</param>
internal sealed record Blow(BlowKind Kind, Misfortune What, int Mac, int AfterStep, TimeSpan Delay, TimeSpan Length);
