namespace Prestage.Shim.State;

/// <summary>A directory with all that is in it.</summary>
internal static class WholeDirectory
{
    /// <summary>Deletes it; one that is not there is deleted already.</summary>
    public static void Delete(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
