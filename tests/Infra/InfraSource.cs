using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Xunit;

namespace Prestage.Tests.Infra;

/// <summary>What the checks read: a copy of <c>infra/</c>, what the compiler makes of it, and what it would deploy.</summary>
internal sealed class InfraSource
{
    private const string Registry = "br:mcr.microsoft.com/bicep/extensions/microsoftgraph/v1.0:1.0.0";
    private readonly BicepCompiler compiler;
    private readonly ConcurrentDictionary<string, Task<BicepCompilation>> compilations = [];
    private readonly ConcurrentDictionary<string, Task<Prediction>> predictions = [];

    /// <summary>Of a folder; the extension for Microsoft Graph, which comes from a registry, is the one that is given.</summary>
    public InfraSource(BicepCompiler compiler, string folder, string graphExtension)
    {
        (this.compiler, Folder) = (compiler, folder);
        var config = Path.Combine(folder, "portal-registration/bicepconfig.json");
        var text = File.ReadAllText(config);
        Assert.Contains(Registry, text, StringComparison.Ordinal);
        File.WriteAllText(config, text.Replace(Registry, "./graph.tgz", StringComparison.Ordinal));
        File.Copy(graphExtension, Path.Combine(folder, "portal-registration/graph.tgz"));
    }

    /// <summary>The folder that stands for <c>infra/</c>.</summary>
    public string Folder { get; }

    /// <summary>All templates, by their paths below the folder.</summary>
    public IReadOnlyList<string> Files => [.. Directory.EnumerateFiles(Folder, "*.bicep", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Folder, path)).Order(StringComparer.Ordinal)];

    /// <summary><c>main.parameters.json</c>: each parameter's value.</summary>
    public Dictionary<string, JsonNode> Parameters => JsonNode.Parse(Text("main.parameters.json"))!["parameters"]!.AsObject()
        .ToDictionary(parameter => parameter.Key, parameter => parameter.Value!["value"]!);

    /// <summary>The texts of <c>queries/*.kql</c> by name.</summary>
    public Dictionary<string, string> Queries => Directory.EnumerateFiles(Path.Combine(Folder, "queries"))
        .ToDictionary(path => Path.GetFileNameWithoutExtension(path), File.ReadAllText);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string Text(string path) => File.ReadAllText(Path.Combine(Folder, path));

    /// <summary>What the compiler and its linter say of one file and all that it uses.</summary>
    public Task<BicepCompilation> CompileAsync(string file) =>
        compilations.GetOrAdd(file, _ => compiler.CompileAsync(Path.Combine(Folder, file), Cancel));

    /// <summary>The ARM template of one file.</summary>
    public async Task<ArmTemplate> TemplateAsync(string file)
    {
        var compiled = await CompileAsync(file);
        Assert.True(compiled.Success, $"{file} does not compile:\n{string.Join('\n', compiled.Diagnostics)}");
        return new(file, JsonNode.Parse(compiled.Contents!)!.AsObject());
    }

    /// <summary>The ARM templates of all files.</summary>
    public async Task<IReadOnlyList<ArmTemplate>> TemplatesAsync()
    {
        List<ArmTemplate> templates = [];
        foreach (var file in Files)
        {
            templates.Add(await TemplateAsync(file));
        }

        return templates;
    }

    /// <summary>What azd would deploy with the variables of this set.</summary>
    public Task<Prediction> PredictAsync(AzdEnvironment set) => predictions.GetOrAdd(set.Name, async _ =>
    {
        var parameters = AzdParameters.Write(Parameters, await TemplateAsync("main.bicep"), set.Variables);
        var path = Path.Combine(Folder, $"{set.Name}.bicepparam");
        await File.WriteAllTextAsync(path, parameters, Cancel);
        return new(set, await compiler.PredictAsync(path, Cancel));
    });

    /// <summary>What azd would deploy with each of the sets; each is made when it is asked for.</summary>
    public IAsyncEnumerable<Prediction> PredictAllAsync() =>
        AzdEnvironment.All.ToAsyncEnumerable().Select(async (AzdEnvironment set, CancellationToken _) => await PredictAsync(set));
}
