using System.Diagnostics;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>Files of another user.</summary>
internal static class Ownership
{
    /// <summary>Gives a file or directory to user 1000; the test is skipped where only root could do that.</summary>
    public static async Task GiveAwayAsync(string path)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root gives files away");
        using var chown = Process.Start("/bin/chown", ["-h", "1000:1000", path]);
        await chown.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, chown.ExitCode);
    }
}
