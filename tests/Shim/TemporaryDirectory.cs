namespace Prestage.Tests.Shim;

/// <summary>A directory of its own for one test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("prestage-test-").FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Puts an executable bash script at an absolute path of the pretended Mac.</summary>
    public void AddCommand(string absolutePath, string script)
    {
        var file = Path + absolutePath;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"#!/bin/bash\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
