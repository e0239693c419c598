using System.Diagnostics;
using System.Text.Json.Nodes;
using Prestage.Simulators.Mac;
using Xunit;

namespace Prestage.Tests.Simulation;

/// <summary>The simulated Mac as a process of its own.</summary>
public sealed class MacTestsVerb
{
    [Fact]
    public async Task The_verb_starts_a_Mac_from_one_line_and_ends_with_its_input()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var program = Path.ChangeExtension(typeof(SimulatedMac).Assembly.Location, ".dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", program, "mac"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await process.StandardInput.WriteLineAsync(
            """{"serialNumber":"C02VERB","faults":[{"name":"id-no-such-user","always":true}],"person":{"username":"anna","password":"x"}}""".AsMemory(), cancellationToken);
        var ready = JsonNode.Parse((await process.StandardOutput.ReadLineAsync(cancellationToken))!)!;
        Assert.Equal("mac", (string?)ready["ready"]);
        var root = (string)ready["root"]!;
        using var id = Process.Start(new ProcessStartInfo($"{root}/usr/bin/id", ["-u"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        await id.WaitForExitAsync(cancellationToken);
        Assert.Equal(1, id.ExitCode);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.False(Directory.Exists(root));
    }
}
