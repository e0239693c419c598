using System.Text.Json.Nodes;
using Prestage.Simulators;

namespace Prestage.Tests.Infra;

/// <summary>What the checks look at: everything below <c>infra/</c>, and <c>azure.yaml</c>; of the repository, or of a copy that was changed.</summary>
internal sealed class InfraSource
{
    private InfraSource(string folder, IReadOnlyList<BicepFile> files) => (Folder, Files) = (folder, files);

    /// <summary>The folder that stands for <c>infra/</c>.</summary>
    public string Folder { get; }

    public IReadOnlyList<BicepFile> Files { get; }

    public BicepFile Main => File("main.bicep");

    /// <summary><c>main.parameters.json</c>: each parameter's value.</summary>
    public Dictionary<string, JsonNode> Parameters => JsonNode.Parse(Text("main.parameters.json"))!["parameters"]!.AsObject()
        .ToDictionary(parameter => parameter.Key, parameter => parameter.Value!["value"]!);

    /// <summary>The texts of <c>queries/*.kql</c> by name.</summary>
    public Dictionary<string, string> Queries => Directory.EnumerateFiles(Path.Combine(Folder, "queries"))
        .ToDictionary(path => Path.GetFileName(path), System.IO.File.ReadAllText);

    public static Task<InfraSource> OfRepositoryAsync(CancellationToken cancellationToken) => ReadAsync(Path.Combine(Repository.Root, "infra"), cancellationToken);

    public static async Task<InfraSource> ReadAsync(string folder, CancellationToken cancellationToken) => new(folder, await BicepFile.ReadAllAsync(folder, cancellationToken));

    public BicepFile File(string path) => Files.Single(file => file.Path == path);

    public string Text(string path) => System.IO.File.ReadAllText(Path.Combine(Folder, path));
}
