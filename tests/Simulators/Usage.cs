namespace Prestage.Simulators;

/// <summary>What the program says when it does not know the verb.</summary>
internal static class Usage
{
    /// <summary>Writes the verbs to stderr; exit code 64 (EX_USAGE).</summary>
    public static async Task<int> ShowAsync()
    {
        await Console.Error.WriteLineAsync($"usage: prestage-sandbox bench-shim PROGRAM | bench-start EMPTY BACKEND [N] | host [--folder FOLDER] [--port N] [--messages FILE] [--guard] | jumpcloud [--port N] | mac | {Sandbox.SandboxOptions.Usage} | pictures DIRECTORY | vault [--ca-file FILE]");
        return 64;
    }
}
