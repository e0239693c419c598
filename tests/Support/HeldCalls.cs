using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Xunit;

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
    public async Task UntilAsync(int calls)
    {
        while (Volatile.Read(ref count) < calls)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

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
