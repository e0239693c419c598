using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>Processes that a test knows by their ids only.</summary>
internal static class ChildProcess
{
    /// <summary>Whether it is there, and not only waits for its parent to take notice of its end.</summary>
    public static bool Runs(string id)
    {
        try
        {
            return !File.ReadAllText($"/proc/{id}/stat").Contains(" Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It is gone, before or while it was read.
            return false;
        }
    }

    /// <summary>Waits for a file that it writes; fails where it ends without.</summary>
    public static async Task WritesAsync(string id, string file, CancellationToken cancellationToken)
    {
        await Wait.UntilAsync(() => !Runs(id));

        Assert.True(File.Exists(file), $"{id} ended without {file}");
    }
}
