namespace Prestage.Simulators;

/// <summary>Tells all who wait that something changed, once.</summary>
internal static class Signal
{
    /// <summary>
    /// Who sets it is not held up by who waits: those go on in the thread pool. Under a context of one thread, such as a virtual time's, they go on in it.
    /// </summary>
    public static TaskCompletionSource New() =>
        new(SynchronizationContext.Current is null ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);
}
