using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Prestage.Functions.Hosting;
using Prestage.Simulators;
using Xunit;

namespace Prestage.Tests.Infra;

/// <summary>What azd does to a .NET project of a service.</summary>
public sealed partial class AzdProjectTests
{
    [Fact]
    public void The_backend_s_project_has_the_id_that_azd_would_write_into_it_and_the_program_does_not()
    {
        var project = XDocument.Load(Path.Combine(Repository.Root, "functions/functions.csproj"));

        Assert.True(Guid.TryParseExact(project.Descendants("UserSecretsId").Single().Value, "D", out _));
        Assert.DoesNotContain(typeof(Settings).Assembly.CustomAttributes, attribute => attribute.AttributeType.Name.Contains("UserSecrets", StringComparison.Ordinal));
    }

    [Fact]
    public void Azd_makes_the_package_of_the_backend_s_project_by_itself()
    {
        var file = File.ReadAllText(Path.Combine(Repository.Root, "azure.yaml"));

        Assert.Equal(["project: ./functions", "language: dotnet", "host: function"], Service().Match(file).Groups[1].Captures.Select(line => line.Value));
        Assert.DoesNotContain("workflows:", file, StringComparison.Ordinal);
        Assert.DoesNotContain("package", file, StringComparison.Ordinal);
        Assert.DoesNotContain("deploy:", file, StringComparison.Ordinal);
    }

    [Fact]
    public void The_host_exports_by_OpenTelemetry_and_takes_its_extensions_from_the_package()
    {
        var host = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "host.json")))!.AsObject();

        Assert.Equal("OpenTelemetry", (string?)host["telemetryMode"]);
        Assert.DoesNotContain("extensionBundle", host.Select(property => property.Key));
        Assert.DoesNotContain("customHandler", host.Select(property => property.Key));

        // The program exports its own records; of the host only what is wrong is worth its price.
        Assert.All(["Host", "Function"], category => Assert.Equal("Warning", (string?)host["logging"]!["logLevel"]![category]));
    }

    [GeneratedRegex(@"^services:\n  functions:\n(?:    (.+)\n)+", RegexOptions.Multiline)]
    private static partial Regex Service();
}
