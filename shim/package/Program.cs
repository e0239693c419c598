using System.Text.RegularExpressions;
using Prestage.Package;

// prestage-package <repository> [team id]: writes every generated file below the given directory.
if (args is not [var target, .. var rest] || rest.Length > 1 || !Regex.IsMatch(rest.FirstOrDefault(GeneratedFiles.NoTeam), "^[A-Z0-9]{10}\\z"))
{
    Console.Error.WriteLine("Usage: prestage-package <directory> [<Apple team id: ten capital letters and digits>]");
    return 64;
}

foreach (var (path, text) in GeneratedFiles.For(rest.FirstOrDefault(GeneratedFiles.NoTeam)))
{
    var file = Path.Combine(target, path);
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    File.WriteAllText(file, text);
    Console.WriteLine(file);
}

return 0;
