using System.Globalization;

namespace Prestage.Shim.Processes;

/// <summary>
/// Whether nobody but the effective user of this process (root on a Mac) can change what lies at a path: each directory on the way, each link and the
/// thing itself belong to that user, and neither group nor others may write. Extended ACLs are not checked.
/// </summary>
/// <param name="root">What is before every path, such as <c>PRESTAGE_ROOT</c>; the walk begins there. Empty: <c>/</c>.</param>
internal sealed class PathTrust(string root)
{
    private const int MostLinks = 32;
    private readonly string root = root.TrimEnd('/');

    /// <summary>Null if the path can be trusted, or if there is nothing and nobody else can put anything there; else one sentence without a stop.</summary>
    /// <param name="path">An absolute path of the host, below the root.</param>
    public string? Refusal(string path)
    {
        try
        {
            return RootRefusal() ?? Walk(path, out _);
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>The same for a directory and everything in it, and everything that links in it lead to.</summary>
    public string? TreeRefusal(string directory)
    {
        try
        {
            return RootRefusal() ?? TreeRefusal(directory, new HashSet<string>(StringComparer.Ordinal));
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
    }

    private string? TreeRefusal(string path, HashSet<string> seen)
    {
        if (Walk(path, out var real) is { } refusal)
        {
            return refusal;
        }

        return !seen.Add(real) || UnixStatus.Read(real) is not { IsDirectory: true }
            ? null
            : Directory.EnumerateFileSystemEntries(real).Select(entry => TreeRefusal(entry, seen)).FirstOrDefault(inner => inner is not null);
    }

    /// <exception cref="UntrustedPathException">Others can change what lies there.</exception>
    public void Require(string path)
    {
        if (Refusal(path) is { } refusal)
        {
            throw new UntrustedPathException($"{path} is not used: {refusal}.");
        }
    }

    private string? RootRefusal() => root.Length == 0 ? null
        : root[0] != '/' || root.Split('/').Any(name => name is "." or "..") ? "PRESTAGE_ROOT must be an absolute path without . and .."
        : UnixStatus.Read(root) is not { IsDirectory: true } status || status.Owner != UnixStatus.Me || !status.IsClosed
            ? Text($"PRESTAGE_ROOT ({root}) must be a directory of user {UnixStatus.Me} with mode 700")
            : null;

    // Gives the path without links as well.
    private string? Walk(string path, out string real)
    {
        real = path;
        if (!path.StartsWith($"{root}/", StringComparison.Ordinal))
        {
            return $"{path} is outside of {root}";
        }

        Stack<string> left = [];
        Push(left, path[root.Length..]);
        var (current, links, isShared) = (root, 0, false);
        if (root.Length == 0 && UnixStatus.Read("/") is { } top && RefusalOf("/", top, isShared: false) is { } wrong)
        {
            return wrong;
        }

        while (left.TryPop(out var name))
        {
            if (name == "..")
            {
                if (current.Length <= root.Length)
                {
                    return $"{path} leads out of {root}";
                }

                current = current[..current.LastIndexOf('/')];
                continue;
            }

            var next = $"{current}/{name}";
            if (UnixStatus.Read(next) is not { } status)
            {
                return isShared ? $"others can make {next}" : null;
            }

            if (RefusalOf(next, status, isShared) is { } refusal)
            {
                return refusal;
            }

            if (!status.IsLink)
            {
                (current, isShared) = (next, status.IsWritableByOthers);
                continue;
            }

            if (++links > MostLinks || Follow(next, left) is not { } start)
            {
                return $"the link {next} leads out of {root}";
            }

            current = start ? root : current;
            isShared = false;
        }

        real = current;
        return null;
    }

    // In a shared directory (sticky, as /tmp) nobody can take away our entry. A file there can be another one of ours, put there as a hard link.
    private string? RefusalOf(string path, UnixStatus status, bool isShared) =>
        !IsOurs(status.Owner) ? Text($"{path} belongs to user {status.Owner}, and not to {UnixStatus.Me}")
        : isShared && !status.IsDirectory ? $"{path} is in a directory that others can write to"
        : !status.IsLink && status.IsWritableByOthers && !(status is { IsDirectory: true, IsSticky: true }) ? $"others can write to {path}"
        : null;

    // What is root's stops no user who is not root.
    private bool IsOurs(uint owner) => owner == UnixStatus.Me || (root.Length == 0 && owner == 0);

    // Whether the walk begins at the root again; null if the link leads out of it.
    private bool? Follow(string link, Stack<string> left)
    {
        if (new FileInfo(link).LinkTarget is not { } target)
        {
            return null;
        }

        if (!target.StartsWith('/'))
        {
            Push(left, target);
            return false;
        }

        if (root.Length > 0 && !target.StartsWith($"{root}/", StringComparison.Ordinal))
        {
            return null;
        }

        Push(left, target[root.Length..]);
        return true;
    }

    private static void Push(Stack<string> left, string path)
    {
        foreach (var name in path.Split('/').Where(name => name is not ("" or ".")).Reverse())
        {
            left.Push(name);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Somebody else can change what lies at a path: neither run nor read. The message names the path and why.</summary>
internal sealed class UntrustedPathException(string message) : UnauthorizedAccessException(message);
