using System.Text;

namespace Prestage.Shim.State;

/// <summary>Files and directories that only root writes and everybody reads. The modes are set: launchd's umask for this program leaves others nothing.</summary>
internal static class ReadableFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode AllRead = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode AllEnter = AllRead | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static void CreateDirectory(string path)
    {
        Directory.CreateDirectory(path);
        SetMode(path, AllEnter);
    }

    public static void Write(string path, string text)
    {
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
        SetMode(path, AllRead);
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("prestage needs Unix file modes");
        }

        File.SetUnixFileMode(path, mode);
    }
}
