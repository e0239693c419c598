using Prestage.Shim.Backend;

namespace Prestage.Shim.Running;

/// <summary>Repeats a call while the service, the network or the directory cannot be used: 0.2 s, doubling to 5 s, up to the step's deadline.</summary>
internal static class Persistence
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWish = TimeSpan.FromMinutes(5);

    public static async Task<T> PersistAsync<T>(this StepContext context, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var told = string.Empty;
        for (var pause = First; ; pause = pause * 2 < Slowest ? pause * 2 : Slowest)
        {
            try
            {
                return await call(cancellationToken);
            }
            catch (BackendException exception) when (exception.Problem.IsTransient)
            {
                if (told != exception.Problem.Code)
                {
                    told = exception.Problem.Code;
                    context.Log.Info($"{exception.Problem.Code}: {exception.Problem.Detail} Trying again.");
                }

                var wish = exception.Problem.RetryAfter ?? TimeSpan.Zero;
                var wait = wish < LongestWish ? wish : LongestWish;
                await Task.Delay(wait > pause ? wait : pause, context.Time, cancellationToken);
            }
        }
    }
}
