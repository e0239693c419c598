using System.Runtime.InteropServices;

namespace Prestage.Shim.Processes;

/// <summary>What a path is and whose, as lstat(2) tells it, and who this process is. .NET has no public way to an owner.</summary>
internal readonly record struct UnixStatus(int Mode, uint Owner)
{
    private const int TypeMask = 0xF000;
    private const int DirectoryType = 0x4000;
    private const int LinkType = 0xA000;
    private const int Sticky = 0x200;
    private const int OthersWrite = 0x12;
    private const int Others = 0x3F;
    private const int NoEntry = 2;
    private const int NotDirectory = 20;

    public bool IsDirectory => (Mode & TypeMask) == DirectoryType;

    public bool IsLink => (Mode & TypeMask) == LinkType;

    /// <summary>Who is not the owner may only change their own entries.</summary>
    public bool IsSticky => (Mode & Sticky) != 0;

    /// <summary>Group or everybody may write.</summary>
    public bool IsWritableByOthers => (Mode & OthersWrite) != 0;

    /// <summary>Nobody but the owner may do anything.</summary>
    public bool IsClosed => (Mode & Others) == 0;

    /// <summary>The effective user of this process.</summary>
    public static uint Me { get; } = OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException("prestage needs Unix users") : EffectiveUser();

    /// <summary>Null if there is nothing.</summary>
    /// <exception cref="IOException">It cannot be asked.</exception>
    public static UnixStatus? Read(string path)
    {
        if (LinkStatus(path, out var status) == 0)
        {
            return new UnixStatus(status.Mode, status.Uid);
        }

        var error = Marshal.GetLastPInvokeError();
        return error is NoEntry or NotDirectory ? null : throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    // The runtime's own library, which comes with this program: one layout for all systems, where libc's differs by system and processor.
    [DllImport("libSystem.Native", EntryPoint = "SystemNative_LStat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern int LinkStatus([MarshalAs(UnmanagedType.LPUTF8Str)] string path, out FileStatus status);

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_GetEUid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUser();

    // Larger than what is written there.
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct FileStatus
    {
        [FieldOffset(4)]
        public int Mode;

        [FieldOffset(8)]
        public uint Uid;
    }
}
