using System.Diagnostics;

namespace Prestage.Tests.Simulation;

/// <summary>The simulators' own program as a child process.</summary>
internal static class Sandbox
{
    public static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "prestage-sandbox.dll"), .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;
}
