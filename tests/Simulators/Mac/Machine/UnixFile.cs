namespace Prestage.Simulators.Mac.Machine;

/// <summary>Files and directories with Unix modes.</summary>
internal static class UnixFile
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode OwnerOnlyProgram = OwnerOnly | UnixFileMode.UserExecute;
    public const UnixFileMode ReadableByAll = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Writes a file in one step; it never exists with another mode.</summary>
    public static void Write(string file, string text, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
        {
            throw NoModes();
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var next = file + ".next";
        File.Delete(next);
        using (var stream = new FileStream(next, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnlyProgram }))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(text);
        }

        File.SetUnixFileMode(next, mode);
        File.Move(next, file, overwrite: true);
    }

    public static void CreateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            throw NoModes();
        }

        Directory.CreateDirectory(directory, OwnerOnlyProgram);
    }

    /// <summary>For the owner alone, also where it was there before with another mode.</summary>
    public static void CreateClosedDirectory(string directory)
    {
        CreateDirectory(directory);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(directory, OwnerOnlyProgram);
        }
    }

    public static UnixFileMode ModeOf(string file) => OperatingSystem.IsWindows() ? throw NoModes() : File.GetUnixFileMode(file);

    public static bool IsWritableByOthers(string file) => (ModeOf(file) & OthersWrite) != 0;

    private static PlatformNotSupportedException NoModes() => new("the simulated Mac needs Unix file modes");
}
