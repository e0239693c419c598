using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Prestage.Tests.Support;

/// <summary>Holds calls at the backend when all is done but the answer: they stay in flight until they are let go.</summary>
internal sealed class HeldCalls : IStartupFilter
{
    /// <summary>The header of calls to hold.</summary>
    public const string Header = "x-test-hold";

    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int count;

    /// <summary>Lets all go, also those that come later.</summary>
    public void Release() => released.TrySetResult();

    /// <summary>Waits until so many are held.</summary>
    public Task UntilAsync(int calls) => Wait.UntilAsync(() => Volatile.Read(ref count) >= calls);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, following) =>
        {
            if (context.Request.Headers.ContainsKey(Header))
            {
                context.Response.OnStarting(() =>
                {
                    Interlocked.Increment(ref count);
                    return released.Task;
                });
            }

            return following(context);
        });
        next(app);
    };
}
