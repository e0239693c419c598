using System.ComponentModel;
using Prestage.Simulators;
using Prestage.Simulators.Processes;
using Xunit;

namespace Prestage.Tests.Infra;

/// <summary>Microsoft's own compiler and linter, where they are installed.</summary>
public sealed class BicepCompilerTests
{
    [Theory]
    [InlineData("main.bicep", "build", "--stdout")]
    [InlineData("main.bicep", "lint")]
    [InlineData("portal-registration/main.bicep", "build", "--stdout")]
    [InlineData("portal-registration/main.bicep", "lint")]
    public async Task The_compiler_finds_nothing(string template, params string[] command)
    {
        try
        {
            await using var bicep = ChildProcess.Start(new("bicep", [command[0], Path.Combine(Repository.Root, "infra", template), .. command[1..]]));

            Assert.Equal(0, await bicep.Exited.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));
            Assert.Empty(bicep.Errors);
        }
        catch (Win32Exception)
        {
            Assert.Skip("bicep is not on PATH: https://aka.ms/bicep-install");
        }
    }
}
