namespace Prestage.Functions.Devices;

/// <summary>
/// At most 32 calls of one Mac at a time. A call counts from when its proof or token is found right, so that who only claims to be a Mac takes
/// nothing of what it may have.
/// </summary>
internal sealed class CallsPerMac
{
    /// <summary>Calls of one Mac and instance.</summary>
    public const int Most = 32;

    private readonly Lock counting = new();
    private readonly Dictionary<string, int> calls = [];

    /// <summary>Whether a further call of the Mac would be refused.</summary>
    public bool IsFull(string systemId)
    {
        lock (counting)
        {
            return calls.GetValueOrDefault(systemId) >= Most;
        }
    }

    /// <summary>Counts the call until <see cref="Leave"/>; false where the Mac has as many as it may.</summary>
    public bool TryEnter(HttpContext call, string systemId)
    {
        lock (counting)
        {
            var count = calls.GetValueOrDefault(systemId);
            if (count >= Most)
            {
                return false;
            }

            calls[systemId] = count + 1;
        }

        call.Features.Set(new MacCall(systemId));
        return true;
    }

    /// <summary>The call has ended; nothing where it was not counted.</summary>
    public void Leave(HttpContext call)
    {
        if (call.Features.Get<MacCall>() is not { SystemId: var systemId })
        {
            return;
        }

        lock (counting)
        {
            if (--calls[systemId] == 0)
            {
                calls.Remove(systemId);
            }
        }
    }

    private sealed record MacCall(string SystemId);
}
