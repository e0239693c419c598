using Prestage.Simulators;
using Prestage.Tests.Infra;
using Xunit;

[assembly: AssemblyFixture(typeof(BicepFixture))]

namespace Prestage.Tests.Infra;

/// <summary>One Bicep compiler for the whole run, started by the first test that needs it, and the repository's templates.</summary>
public sealed class BicepFixture : IAsyncDisposable
{
    private static BicepFixture? current;
    private readonly Lazy<Task<BicepCompiler>> compiler = new(BicepCompiler.StartAsync);
    private readonly Lazy<Task<string>> extension;
    private readonly Lazy<Task<InfraSource>> repository;
    private readonly string folder = Directory.CreateTempSubdirectory("prestage-bicep-").FullName;

    public BicepFixture()
    {
        current = this;
        extension = new(PublishExtensionAsync);
        repository = new(() => CopyAsync());
    }

    /// <summary>The templates as they are in the repository.</summary>
    internal static Task<InfraSource> InfraAsync() => current!.repository.Value;

    /// <summary>A copy of the templates with these faults.</summary>
    internal static Task<InfraSource> BrokenAsync(IEnumerable<TemplateFault> faults) => current!.CopyAsync(infra =>
    {
        foreach (var fault in faults)
        {
            var path = Path.Combine(infra, fault.File);
            var text = File.ReadAllText(path);
            Assert.Contains(fault.From, text, StringComparison.Ordinal);
            File.WriteAllText(path, text.Replace(fault.From, fault.To, StringComparison.Ordinal));
        }
    });

    public async ValueTask DisposeAsync()
    {
        if (compiler.IsValueCreated && compiler.Value.IsCompletedSuccessfully)
        {
            await (await compiler.Value).DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private async Task<string> PublishExtensionAsync()
    {
        var path = Path.Combine(folder, "graph.tgz");
        await BicepCompiler.PublishExtensionAsync(Path.Combine(Repository.Root, "tests/Infra/GraphTypes/index.json"), path);
        return path;
    }

    private async Task<InfraSource> CopyAsync(Action<string>? change = null)
    {
        var starting = compiler.Value;
        var graph = await extension.Value;
        var copy = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        var infra = Path.Combine(Repository.Root, "infra");
        foreach (var path in Directory.EnumerateFiles(infra, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(infra, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }

        change?.Invoke(copy);
        return new InfraSource(await starting, copy, graph);
    }
}
