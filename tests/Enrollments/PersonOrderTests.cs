using System.Globalization;
using System.Security.Cryptography;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Enrollments;

/// <summary>
/// Random orders of two Macs, one person and IT: 200 of them, or as many as <c>PRESTAGE_ORDERS</c> says. The seed is printed;
/// <c>PRESTAGE_ORDERS_SEED</c> runs the same ones again.
/// </summary>
public sealed class PersonOrderTests
{
    private const int StepsOfAnOrder = 14;
    private const int OrdersOfABackend = 10;

    [Fact]
    public async Task In_every_order_of_two_Macs_a_person_and_IT_the_claims_about_passwords_and_bindings_are_true()
    {
        var orders = Read("PRESTAGE_ORDERS") is { } count ? (int)count : 200;
        var seed = Read("PRESTAGE_ORDERS_SEED") ?? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
        TestContext.Current.TestOutputHelper!.WriteLine($"PRESTAGE_ORDERS={orders} PRESTAGE_ORDERS_SEED={seed}");
        var batches = Enumerable.Range(0, (orders + OrdersOfABackend - 1) / OrdersOfABackend);
        await Parallel.ForEachAsync(batches, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (batch, _) =>
        {
            var first = seed + (ulong)(batch * OrdersOfABackend);
            await RunAsync(first, Math.Min(OrdersOfABackend, orders - (batch * OrdersOfABackend)));
        });
    }

    private static async Task RunAsync(ulong first, int count)
    {
        await using var proxy = await StorageProxy.StartAsync(await AzuriteFixture.NewAccountAsync());
        var settings = PortalClient.WithKey(("Attempts:Max", "100"), ("Device:EnrollWithin", "365.00:00:00"));
        await using var backend = await Backend.StartAsync(settings, storage: proxy.ConnectionString, byHand: true);
        for (var at = 0; at < count; at++)
        {
            using var order = new PersonOrder(backend, proxy, first + (ulong)at);
            try
            {
                await order.RunAsync(StepsOfAnOrder);
            }
            catch (Exception exception)
            {
                var again = $"PRESTAGE_ORDERS=1 PRESTAGE_ORDERS_SEED={first + (ulong)at}";
                throw new InvalidOperationException($"{again}: {order.Steps}", exception);
            }
        }
    }

    private static ulong? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
        ? ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
        : null;
}
