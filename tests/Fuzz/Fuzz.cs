using System.Globalization;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Prestage.Tests.Fuzz;

/// <summary>
/// Runs a property over generated cases: half of them from a fixed seed, the same everywhere, half from a new one. A failure tells the seed and
/// the case; <c>PRESTAGE_FUZZ_SEED</c> runs the second half with that seed again.
/// </summary>
internal static class Fuzz
{
    private const ulong FixedSeed = 20261123;
    private const int Size = 60;

    /// <summary>Checks each case; the property holds when it does not throw.</summary>
    public static Task CheckAsync<T>(Gen<T> cases, int count, Action<T> holds) => CheckAsync(cases, count, 1, one =>
    {
        holds(one);
        return Task.CompletedTask;
    });

    /// <summary>The same, with so many cases at a time.</summary>
    public static async Task CheckAsync<T>(Gen<T> cases, int count, int parallel, Func<T, Task> holdsAsync)
    {
        var random = Environment.GetEnvironmentVariable("PRESTAGE_FUZZ_SEED") is { Length: > 0 } given
            ? ulong.Parse(given, CultureInfo.InvariantCulture)
            : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        TestContext.Current.TestOutputHelper!.WriteLine($"{count} cases, seeds {FixedSeed} and {random}");
        foreach (var seed in new[] { FixedSeed, random })
        {
            var all = cases.Sample(count / 2, new Rnd(seed), Size);
            Assert.Equal(count / 2, all.Length);
            var options = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = TestContext.Current.CancellationToken };
            await Parallel.ForEachAsync(all, options, async (one, _) =>
            {
                try
                {
                    await holdsAsync(one);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    throw new InvalidOperationException($"Seed {seed}, case {Show(one)}", exception);
                }
            });
        }
    }

    // Escaped, so that a control character or half a surrogate pair can be read.
    private static string Show<T>(T one) => one is byte[] bytes
        ? Convert.ToBase64String(bytes)
        : string.Concat(Convert.ToString(one, CultureInfo.InvariantCulture)!.Select(c => c is >= ' ' and <= '~' ? $"{c}" : $"\\u{(int)c:x4}"));
}
