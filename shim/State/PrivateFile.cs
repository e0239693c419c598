using System.Text;

namespace Prestage.Shim.State;

/// <summary>Files and directories that only root can read, written so that a crash leaves the old or the new content and nothing between.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyDirectory = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Makes the directory 0700, also where it was there with another mode.</summary>
    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            throw NoUnixModes();
        }

        Directory.CreateDirectory(path, OwnerOnlyDirectory);
        File.SetUnixFileMode(path, OwnerOnlyDirectory);
    }

    /// <summary>Writes a neighbour with mode 0600, flushes it to disk, and renames it over the target.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        try
        {
            using (var stream = new FileStream(fresh, Options(FileMode.CreateNew)))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
        }
        catch (IOException)
        {
            // A full disk: half a secret must not stay, and its space is wanted.
            File.Delete(fresh);
            throw;
        }
    }

    /// <summary>Adds text at the end of a 0600 file.</summary>
    public static void Append(string path, string text)
    {
        using var stream = new FileStream(path, Options(FileMode.Append));
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        if (OperatingSystem.IsWindows())
        {
            throw NoUnixModes();
        }

        return new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read, UnixCreateMode = OwnerOnly };
    }

    private static PlatformNotSupportedException NoUnixModes() => new("prestage needs Unix file modes");
}
