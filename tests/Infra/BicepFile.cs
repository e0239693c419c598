using System.Text.Json;
using Prestage.Simulators;
using Prestage.Simulators.Processes;

namespace Prestage.Tests.Infra;

/// <summary>One Bicep file: its path below <c>infra/</c> and its tree.</summary>
internal sealed record BicepFile(string Path, BicepNode Root)
{
    public IEnumerable<BicepNode> Parameters => Declarations("parameter_declaration");

    public IEnumerable<BicepNode> Outputs => Declarations("output_declaration");

    public IEnumerable<BicepNode> Modules => Declarations("module_declaration");

    /// <summary>All resources, nested and existing ones too.</summary>
    public IEnumerable<BicepNode> Resources => Declarations("resource_declaration");

    /// <summary>Reads all Bicep files below a folder, in one run of the parser.</summary>
    public static async Task<IReadOnlyList<BicepFile>> ReadAllAsync(string folder, CancellationToken cancellationToken)
    {
        var paths = Directory.EnumerateFiles(folder, "*.bicep", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        await using var parser = ChildProcess.Start(new("node", [System.IO.Path.Combine(Repository.Root, "tests/Infra/bicep-tree.js"), .. paths]));
        if (await parser.Exited.WaitAsync(TimeSpan.FromMinutes(2), cancellationToken) != 0)
        {
            throw new InvalidOperationException($"The parser failed; npm ci installs it.\n{string.Join('\n', parser.Errors)}");
        }

        var trees = JsonSerializer.Deserialize(string.Concat(parser.Output), BicepJson.Default.DictionaryStringBicepNode)!;
        return [.. paths.Select(path => new BicepFile(System.IO.Path.GetRelativePath(folder, path), trees[path]))];
    }

    /// <summary>Where something is, for a problem's text.</summary>
    public string At(BicepNode node) => $"{Path}:{node.Line}";

    /// <summary>A declaration's decorators, such as <c>@description('…')</c>: they stand right before it.</summary>
    public BicepNode? DecoratorsOf(BicepNode declaration)
    {
        var index = Root.Children.ToList().IndexOf(declaration);
        return index > 0 && Root.Children[index - 1] is { Type: "decorators" } decorators ? decorators : null;
    }

    private IEnumerable<BicepNode> Declarations(string type) => Root.All.Where(node => node.Type == type);
}
