using System.Security.Cryptography;

namespace Prestage.Tests.Shim.Commands;

/// <summary>Every file and directory below a path: names, modes and contents.</summary>
internal static class Snapshot
{
    public static IReadOnlyList<string> Of(string root) =>
    [
        .. new DirectoryInfo(root).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(entry =>
            $"{entry.FullName} {entry.UnixFileMode} {(entry is FileInfo file ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName))) : "directory")}").Order(StringComparer.Ordinal),
    ];
}
