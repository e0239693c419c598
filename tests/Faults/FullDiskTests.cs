extern alias shim;

using shim::Prestage.Shim.Commands;
using Xunit;

namespace Prestage.Tests.Faults;

/// <summary>A whole enrollment on a Mac whose journal, log, token and receipt cannot be written, in virtual time.</summary>
public sealed class FullDiskTests
{
    // A directory where the file is to be written: for the writer it is what a full disk is, and root is stopped by it too.
    private static readonly string[] Files = ["journal.json.new", "token.new", "receipt.json.new", "lock.holder.new", "../../Logs/Prestage/prestage.log"];

    [Fact]
    public Task It_goes_on_to_the_end_and_the_person_and_IT_are_told() => RunAsync(async world =>
    {
        Assert.Equal(ExitCode.Done, await world.RunAsync(1, TimeSpan.FromHours(1)));
        Assert.Null(world.Receipt);
        Assert.Contains("This Mac cannot save how far it is: its disk may be full.", world.Output.ToString(), StringComparison.Ordinal);
        Assert.Contains(world.Service.Reports, report => report.Code == "disk-unwritable");
        Assert.Contains(world.Service.Reports, report => report.Code == "receipt-missing");
        Assert.True(world.Mac.State.Find("anna") is { Managed: true, SecureToken: true });
        Assert.False(File.Exists(world.Mac.PathOf("/Library/LaunchDaemons/io.prestage.enroll.plist")));
        Assert.False(File.Exists(world.PathOf("token")));
    });

    [Fact]
    public Task Once_there_is_space_all_is_written() => RunAsync(async world =>
    {
        world.At = (step, before) =>
        {
            if (step == "complete" && before)
            {
                Free(world);
            }

            return Task.CompletedTask;
        };
        Assert.Equal(ExitCode.Done, await world.RunAsync(1, TimeSpan.FromHours(1)));
        Assert.Equal("completed", (string?)world.Receipt!["outcome"]);
        Assert.Contains("\"disk-unwritable\"", world.Receipt.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(" lines are missing here: ", File.ReadAllText(world.PathOf(Files[^1])), StringComparison.Ordinal);
    });

    [Fact]
    public Task Space_that_comes_after_the_last_step_has_begun_still_brings_the_receipt() => RunAsync(async world =>
    {
        world.At = (step, before) =>
        {
            if (step == "remove-itself" && before)
            {
                _ = FreeLaterAsync(world);
            }

            return Task.CompletedTask;
        };
        Assert.Equal(ExitCode.Done, await world.RunAsync(1, TimeSpan.FromHours(1)));
        Assert.Equal("completed", (string?)world.Receipt!["outcome"]);
    });

    private static Task RunAsync(Func<FaultWorld, Task> test) => VirtualTime.RunAsync(async time =>
    {
        await using var world = new FaultWorld(time);
        Array.ForEach(Files, file => Directory.CreateDirectory(world.PathOf(file)));
        await test(world);
        return true;
    });

    private static void Free(FaultWorld world) => Array.ForEach(Files, file => Directory.Delete(world.PathOf(file)));

    private static async Task FreeLaterAsync(FaultWorld world)
    {
        await Task.Delay(TimeSpan.FromMinutes(2), world.Time);
        Free(world);
    }
}
