extern alias shim;

using shim::Prestage.Shim.State;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>Who holds the state directory, as another process sees it.</summary>
public sealed class StateLockTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    [Fact]
    public void The_holder_is_known_while_it_holds_and_not_after()
    {
        using (StateLock.TryTake(directory.Path))
        {
            Assert.Equal(Environment.ProcessId, StateLock.ReadHolder(directory.Path));
            Assert.Null(StateLock.TryTake(directory.Path));
        }

        Assert.Null(StateLock.ReadHolder(directory.Path));
    }

    [Fact]
    public void A_holder_that_cannot_be_read_at_this_moment_is_not_known()
    {
        using var busy = new FileStream(directory.At("lock.holder"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Assert.Null(StateLock.ReadHolder(directory.Path));
    }

    [Fact]
    public void A_directory_that_is_gone_has_no_holder() => Assert.Null(StateLock.ReadHolder(directory.At("gone")));

    public void Dispose() => directory.Dispose();
}
