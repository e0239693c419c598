using System.Collections.Concurrent;

namespace Prestage.Simulators.Mac.Machine;

/// <summary>The simulated Mac's disk: a directory of the host.</summary>
internal sealed class MacFiles(string root)
{
    private readonly ConcurrentDictionary<string, (int Uid, int Gid)> owners = new(StringComparer.Ordinal);

    public string Root => root;

    /// <summary>An absolute path of the Mac as a path of the host.</summary>
    public string Of(string macPath) => root + macPath;

    /// <summary>A path argument: callers prefix what they made themselves with the root, and leave the rest as the Mac has it.</summary>
    public string FromArgument(string path) =>
        path.StartsWith(root, StringComparison.Ordinal) || (File.Exists(path) && !File.Exists(Of(path))) ? path : Of(path);

    public bool HasHome(MacUser user) => user.Home.Length > 0 && Directory.Exists(Of(user.Home));

    /// <summary>Who owns what lies there, by the path on the Mac: root, but for homes.</summary>
    public (int Uid, int Gid) OwnerOf(string macPath) => owners.GetValueOrDefault(macPath);

    public void SetOwner(string macPath, int uid, int gid) => owners[macPath] = (uid, gid);

    /// <summary>What is there already stays whose it was.</summary>
    public void CreateHome(MacUser user)
    {
        if (!HasHome(user))
        {
            SetOwner(user.Home, user.Uid, user.Gid);
        }

        UnixFile.CreateDirectory(Of(user.Home));
        Directory.CreateDirectory(Path.Combine(Of(user.Home), "Library"));
    }

    /// <summary>Only below <c>/Users</c>: a home can be set to anything.</summary>
    public void DeleteHome(MacUser user)
    {
        if (user.Home.StartsWith("/Users/", StringComparison.Ordinal) && HasHome(user))
        {
            Directory.Delete(Of(user.Home), recursive: true);
            owners.TryRemove(user.Home, out _);
        }
    }

    /// <summary>Writes a file in one step, readable by its owner alone.</summary>
    public void WritePrivate(string macPath, string text) => UnixFile.Write(Of(macPath), text, UnixFile.OwnerOnly);

    /// <summary>What a restart empties.</summary>
    public void EmptyRunDirectory()
    {
        var run = Of("/var/run");
        Directory.Delete(run, recursive: true);
        Directory.CreateDirectory(run);
    }
}
