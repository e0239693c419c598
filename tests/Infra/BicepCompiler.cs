using System.ComponentModel;
using System.IO.Pipes;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prestage.Simulators.Processes;
using StreamJsonRpc;
using Xunit;

namespace Prestage.Tests.Infra;

/// <summary>The Bicep compiler, started once and asked by JSON-RPC (<c>bicep jsonrpc</c>): a template takes well under a second.</summary>
internal sealed class BicepCompiler : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly NamedPipeServerStream pipe;
    private readonly ChildProcess program;
    private readonly JsonRpc rpc;

    private BicepCompiler(NamedPipeServerStream pipe, ChildProcess program)
    {
        (this.pipe, this.program) = (pipe, program);
        var formatter = new SystemTextJsonFormatter { JsonSerializerOptions = new(JsonSerializerDefaults.Web) };
        rpc = new JsonRpc(new HeaderDelimitedMessageHandler(pipe, formatter));
        rpc.StartListening();
    }

    /// <summary>The program: of the package where there is one for this machine, else of PATH.</summary>
    private static string FileName => typeof(BicepCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(metadata => metadata.Key == "BicepPath")?.Value ?? "bicep";

    /// <summary>Starts it; the test is skipped, with what is missing, where there is no such program.</summary>
    public static async Task<BicepCompiler> StartAsync()
    {
        var name = $"prestage-bicep-{Guid.NewGuid():N}";
        var pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        var program = Launch(["jsonrpc", "--pipe", name]);
        await Task.WhenAny(pipe.WaitForConnectionAsync(), program.Exited).WaitAsync(Limit);
        Assert.False(program.Exited.IsCompleted, string.Join('\n', program.Lines.Select(line => line.Text)));
        return new(pipe, program);
    }

    /// <summary>
    /// Makes a Bicep extension of resource types that are described in JSON; the public one is in a registry. JSON-RPC has no call for it.
    /// </summary>
    public static async Task PublishExtensionAsync(string index, string target)
    {
        await using var program = Launch(["publish-extension", index, "--target", target]);
        Assert.True(await program.Exited.WaitAsync(Limit) == 0, string.Join('\n', program.Lines.Select(line => line.Text)));
    }

    /// <summary>Compiles and lints one file with all that it uses.</summary>
    public Task<BicepCompilation> CompileAsync(string path, CancellationToken cancellationToken) =>
        AskAsync<BicepCompilation>("bicep/compile", new { path }, cancellationToken);

    /// <summary>Evaluates what a parameter file would deploy, without Azure: <c>bicep snapshot</c>.</summary>
    public async Task<JsonObject> PredictAsync(string path, CancellationToken cancellationToken)
    {
        var metadata = new
        {
            tenantId = "00000000-0000-0000-0000-00000000000a",
            subscriptionId = "00000000-0000-0000-0000-00000000000b",
            location = "westeurope",
            deploymentName = "prestage",
        };
        var answer = await AskAsync<JsonElement>("bicep/getSnapshot", new { path, metadata }, cancellationToken);
        return JsonNode.Parse(answer.GetProperty("snapshot").GetString()!)!.AsObject();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        rpc.Dispose();
        await program.DisposeAsync();
        await pipe.DisposeAsync();
    }

    private static ChildProcess Launch(IReadOnlyList<string> arguments)
    {
        try
        {
            return ChildProcess.Start(new(FileName, [.. arguments]));
        }
        catch (Win32Exception)
        {
            Assert.Skip("The Bicep CLI is not on PATH, and its NuGet package is for Linux on x64 only: https://aka.ms/bicep-install");
            throw;
        }
    }

    private Task<T> AskAsync<T>(string method, object request, CancellationToken cancellationToken) =>
        rpc.InvokeWithParameterObjectAsync<T>(method, request, cancellationToken).WaitAsync(Limit, cancellationToken);
}
