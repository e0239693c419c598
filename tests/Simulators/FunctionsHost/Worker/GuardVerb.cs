using System.Diagnostics;

namespace Prestage.Simulators.FunctionsHost.Worker;

/// <summary>
/// <c>prestage-sandbox guard PROGRAM [ARGUMENT...]</c>: runs the program with our own output, ends with its exit code, and kills it and its
/// descendants when standard input closes.
/// </summary>
internal static class GuardVerb
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var program, .. var arguments])
        {
            return await Usage.ShowAsync();
        }

        // Its input is a pipe that nobody writes to: else it would have ours, and take what closes it.
        using var child = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true })!;
        child.StandardInput.Close();
        var ended = child.WaitForExitAsync();
        using var input = Console.OpenStandardInput();
        if (await Task.WhenAny(ended, Task.Run(() => ReadToEndAsync(input))) != ended)
        {
            child.Kill(entireProcessTree: true);
            await ended;
        }

        return child.ExitCode;
    }

    private static async Task ReadToEndAsync(Stream input)
    {
        var nothing = new byte[1];
        while (await input.ReadAsync(nothing) > 0)
        {
            // Nobody writes; a byte would mean nothing.
        }
    }
}
