using System.Runtime.CompilerServices;
using Xunit;

namespace Prestage.Tests.Support;

/// <summary>The one way in which a test waits for something: it looks again and again, two minutes at most, and then names what did not come.</summary>
internal static class Wait
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until it is so.</summary>
    /// <param name="explain">What the failure says besides.</param>
    public static Task UntilAsync(
        Func<bool> isSo, Func<string>? explain = null, [CallerArgumentExpression(nameof(isSo))] string? what = null) =>
        UntilAsync(() => Task.FromResult(isSo()), explain, what);

    /// <inheritdoc cref="UntilAsync(Func{bool}, Func{string}?, string?)"/>
    public static async Task UntilAsync(
        Func<Task<bool>> isSo, Func<string>? explain = null, [CallerArgumentExpression(nameof(isSo))] string? what = null) =>
        await ForAsync(async () => await isSo() ? string.Empty : null, explain, what);

    /// <summary>Waits until it finds something, and returns that.</summary>
    /// <param name="pause">Between two looks, where a look costs much.</param>
    public static async Task<T> ForAsync<T>(
        Func<Task<T?>> find, Func<string>? explain = null, [CallerArgumentExpression(nameof(find))] string? what = null, TimeSpan? pause = null)
        where T : class
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await find() is { } found)
            {
                return found;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(began) < Limit, $"It did not come within {Limit}: {what}\n{explain?.Invoke()}");
            await Task.Delay(pause ?? Pause, TestContext.Current.CancellationToken);
        }
    }
}
