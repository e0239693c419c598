namespace Prestage.Simulators;

/// <summary>Where this working copy lies.</summary>
internal static class Repository
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The folder that holds <c>Serverless.sln</c>, found upward from the running program.</summary>
    public static string Root => Found.Value;

    /// <summary>The folder of the backend as it was built beside this program.</summary>
    public static string Built => Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "../../functions", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'))));

    /// <summary>The folder that <c>./dev publish</c> makes.</summary>
    public static string Published => Path.Combine(Root, "artifacts/publish/functions");

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Serverless.sln: run this from a working copy.");
    }
}
