using Prestage.Shim.Backend;

namespace Prestage.Shim.Running;

/// <summary>Repeats a call while the service, the network or the directory cannot be used: 0.2 s, doubling to 5 s, up to the step's deadline.</summary>
internal static class Persistence
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWish = TimeSpan.FromMinutes(5);

    public static async Task<T> PersistAsync<T>(this StepContext context, Func<CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        var told = string.Empty;
        for (var pause = First; ; pause = pause * 2 < Slowest ? pause * 2 : Slowest)
        {
            try
            {
                return await call(cancel);
            }
            catch (BackendException refused) when (refused.Problem.IsTransient)
            {
                if (told != refused.Problem.Code)
                {
                    told = refused.Problem.Code;
                    context.Log.Info($"{refused.Problem.Code}: {refused.Problem.Detail} Trying again.");
                }

                var wish = refused.Problem.RetryAfter ?? TimeSpan.Zero;
                var wait = wish < LongestWish ? wish : LongestWish;
                await Task.Delay(wait > pause ? wait : pause, context.Time, cancel);
            }
        }
    }
}
