using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Prestage.Functions.Background.Finish;
using Prestage.Functions.Background.PoisonMessage;
using Prestage.Simulators;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Hosting;

/// <summary>What the Functions host will read, against what the program serves.</summary>
public sealed class FunctionFoldersTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "functions");

    [Fact]
    public async Task Every_route_of_the_program_has_its_function_and_every_function_its_route()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        var endpoints = backend.Endpoints.Where(endpoint => endpoint.RoutePattern.RawText != "/").ToList();
        const string Rest = "{*path}";
        var prefixes = endpoints.Select(endpoint => endpoint.RoutePattern.RawText!)
            .Where(route => route.EndsWith(Rest, StringComparison.Ordinal)).Select(route => route[..^Rest.Length]).Distinct().ToList();

        // The host has one function for all that is below such a prefix.
        var served = endpoints
            .Where(endpoint => endpoint.RoutePattern.RawText!.EndsWith(Rest, StringComparison.Ordinal)
                || !prefixes.Any(prefix => endpoint.RoutePattern.RawText.StartsWith(prefix, StringComparison.Ordinal)))
            .Select(endpoint => $"{endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single()} {endpoint.RoutePattern.RawText}");

        Assert.Equal(Functions().SelectMany(RoutesOf).Order(), served.Order());
    }

    [Fact]
    public void No_function_takes_a_name_or_route_of_the_host_s_own_and_none_asks_the_host_for_a_key()
    {
        foreach (var (name, binding) in Functions())
        {
            Assert.True(name.All(char.IsAsciiLetterOrDigit), name);
            if (Text(binding, "type") == "httpTrigger")
            {
                Assert.StartsWith("api/", Text(binding, "route"), StringComparison.Ordinal);
                Assert.Equal("anonymous", Text(binding, "authLevel"));
            }
        }
    }

    [Fact]
    public void The_host_s_file_says_what_the_program_counts_on()
    {
        var host = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "host.json")))!;

        Assert.Equal(string.Empty, host["extensions"]!["http"]!["routePrefix"]!.ToString());
        Assert.Equal(EnrollmentFinish.MostDeliveries, (int)host["extensions"]!["queues"]!["maxDequeueCount"]!);
        Assert.True((bool)host["customHandler"]!["enableProxyingHttpRequest"]!);
        Assert.Equal("Prestage.Functions", host["customHandler"]!["description"]!["defaultExecutablePath"]!.ToString());
        Assert.Equal(FinishQueue.Name, Text(Functions().Single(function => function.Name == "Finish").Binding, "queueName"));
        Assert.Equal(EnrollmentPoison.QueueName, Text(Functions().Single(function => function.Name == "PoisonMessage").Binding, "queueName"));
    }

    private static IEnumerable<string> RoutesOf((string Name, JsonNode Binding) function) => Text(function.Binding, "type") switch
    {
        "httpTrigger" => function.Binding["methods"]!.AsArray().Select(method => $"{method!.ToString().ToUpperInvariant()} /{Text(function.Binding, "route")}"),
        _ => [$"POST /{function.Name}"],
    };

    private static IEnumerable<(string Name, JsonNode Binding)> Functions() =>
        Directory.EnumerateFiles(Folder, "function.json", SearchOption.AllDirectories)
            .Where(file => !file.Contains("artifacts", StringComparison.Ordinal))
            .Select(file => (Path.GetFileName(Path.GetDirectoryName(file))!, JsonNode.Parse(File.ReadAllText(file))!["bindings"]![0]!));

    private static string Text(JsonNode node, string member) => node[member]!.ToString();
}
