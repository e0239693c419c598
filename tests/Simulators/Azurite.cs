using System.ComponentModel;
using Prestage.Simulators.Loopback;
using Prestage.Simulators.Processes;

namespace Prestage.Simulators;

/// <summary>
/// A real Azurite (github.com/Azure/Azurite) of the version in package.json, in memory, on three free loopback ports.
/// </summary>
internal sealed class Azurite : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";

    // The documented key of every storage emulator (learn.microsoft.com/azure/storage/common/storage-connect-azurite); no secret.
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private const int MostAccounts = 1000;

    private readonly ChildProcess process;
    private int accounts;

    private Azurite(ChildProcess process, int blobPort, int queuePort, int tablePort)
    {
        this.process = process;
        BlobEndpoint = Endpoint(blobPort);
        QueueEndpoint = Endpoint(queuePort);
        TableEndpoint = Endpoint(tablePort);
        ConnectionString = ConnectionTo(Account);
    }

    /// <summary>For <c>AzureWebJobsStorage</c> and for the clients.</summary>
    public string ConnectionString { get; }

    public Uri BlobEndpoint { get; }

    public Uri QueueEndpoint { get; }

    public Uri TableEndpoint { get; }

    /// <summary>The connection string of an account that nobody has used yet, empty of tables and queues.</summary>
    public string NewAccount()
    {
        var number = Interlocked.Increment(ref accounts);
        return number <= MostAccounts ? ConnectionTo($"account{number}") : throw new InvalidOperationException($"There are {MostAccounts} accounts only.");
    }

    /// <summary>For those who stop or kill it under load.</summary>
    public int Pid => process.Pid;

    /// <summary>Starts Azurite and waits until its three services listen; with other ports again when one was taken meanwhile.</summary>
    public static Task<Azurite> StartAsync(CancellationToken cancellationToken) => StartAsync(FreePorts, cancellationToken);

    /// <summary>The same, with the ports of each try chosen by <paramref name="choosePorts"/>: blob, queue, table.</summary>
    internal static async Task<Azurite> StartAsync(Func<int[]> choosePorts, CancellationToken cancellationToken)
    {
        var script = Path.Combine(Repository.Root, "node_modules", "azurite", "dist", "src", "azurite.js");
        if (!File.Exists(script))
        {
            throw new InvalidOperationException($"Azurite is not installed ({script} is missing). Run ./dev once, or npm ci.");
        }

        for (var tries = 1; ; tries++)
        {
            var ports = choosePorts();
            var child = Start(script, ports);
            try
            {
                foreach (var port in ports)
                {
                    await child.WaitForLineAsync(line => line.EndsWith($"successfully listening at http://127.0.0.1:{port}", StringComparison.Ordinal), StartLimit, cancellationToken);
                }

                return new Azurite(child, ports[0], ports[1], ports[2]);
            }
            catch (InvalidOperationException) when (tries < 5 && child.Lines.Any(line => line.Text.Contains("EADDRINUSE", StringComparison.Ordinal)))
            {
                await child.DisposeAsync();
            }
            catch (Exception)
            {
                await child.DisposeAsync();
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static ChildProcess Start(string script, int[] ports)
    {
        // Long keep-alive: with the default of 5 s it closes a pooled connection now and then just as a request goes out on it.
        string[] arguments =
        [
            script, "--inMemoryPersistence", "--silent", "--disableTelemetry", "--skipApiVersionCheck",
            "--blobPort", $"{ports[0]}", "--queuePort", $"{ports[1]}", "--tablePort", $"{ports[2]}",
            "--queueKeepAliveTimeout", "120", "--tableKeepAliveTimeout", "120",
        ];
        try
        {
            return ChildProcess.Start(new ChildProcessStart("node", arguments)
            {
                WorkingDirectory = Path.GetTempPath(),
                Environment = new Dictionary<string, string?> { ["AZURITE_ACCOUNTS"] = AllAccounts() },
            });
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException("Azurite needs Node.js 20 or later, and there is no node in PATH. Run ./dev once.", exception);
        }
    }

    private string ConnectionTo(string account) =>
        ($"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
            + $"BlobEndpoint={BlobEndpoint};QueueEndpoint={QueueEndpoint};TableEndpoint={TableEndpoint}")
        .Replace(Account, account, StringComparison.Ordinal);

    // AZURITE_ACCOUNTS of Azurite's README; an account costs nothing until it is used.
    private static string AllAccounts() =>
        string.Join(';', Enumerable.Range(1, MostAccounts).Select(number => $"account{number}:{Key}").Prepend($"{Account}:{Key}"));

    private static Uri Endpoint(int port) => new($"http://127.0.0.1:{port}/{Account}");

    private static int[] FreePorts() => [FreePort.Find(), FreePort.Find(), FreePort.Find()];
}
