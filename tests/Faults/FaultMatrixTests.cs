using Xunit;

namespace Prestage.Tests.Faults;

/// <summary>What fails on a Mac, and what the enrollment makes of it, in virtual time.</summary>
public sealed class FaultMatrixTests
{
    [Fact]
    public async Task Without_faults_a_Mac_is_enrolled_in_one_start()
    {
        var (code, starts) = await VirtualTime.RunAsync(async time =>
        {
            await using var world = new FaultWorld(time);
            return (await world.RunAsync(3, TimeSpan.FromHours(2)), world.Starts);
        });
        Assert.Equal("Done", code.ToString());
        Assert.Equal(1, starts);
    }
}
