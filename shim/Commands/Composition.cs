using Prestage.Shim.Backend;
using Prestage.Shim.Languages;
using Prestage.Shim.Logging;
using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;
using Prestage.Shim.State;
using Prestage.Shim.Ui;

namespace Prestage.Shim.Commands;

/// <summary>Puts together what the steps work with. Each caller times its own calls; the clients have no limit of their own.</summary>
internal sealed class Composition : IDisposable
{
    private const int LargestAnswer = 1 << 20;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private readonly HttpClient service;
    private readonly HttpClient downloads;
    private readonly DeviceIdentity device;
    private readonly Reporter reporter;

    public Composition(
        ShimSettings settings, Texts texts, MacPaths paths, CommandRunner commands, StateDirectory state, StepLog log, TimeProvider time)
    {
        // A redirect of the service is a mistake or a captive portal: never follow it with a proof or a token.
        service = Client(followRedirects: false);
        service.BaseAddress = settings.ServiceUrl;
        service.MaxResponseContentBufferSize = LargestAnswer;
        downloads = Client(followRedirects: true);
        var mac = new MacSystem(paths, commands, time);
        var clock = new ServiceClock(time);
        var journal = JournalStore.Open(state.JournalFile);
        device = new DeviceIdentity(mac.Agent, settings, clock, time);
        var backend = new EnrollmentBackend(new BackendTransport(service, clock, time), device, state);
        reporter = new Reporter(backend, journal, log, time);
        Context = new StepContext
        {
            Settings = settings,
            Mac = mac,
            Backend = backend,
            Clock = clock,
            Download = new PackageDownload(downloads, time),
            Journal = journal,
            State = state,
            Ui = new ConsoleUi(Answers(), Console.Out, texts, settings.Branding),
            Reporter = reporter,
            Log = log,
            Time = time,
        };
    }

    public StepContext Context { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        reporter.Dispose();
        device.Dispose();
        service.Dispose();
        downloads.Dispose();
    }

    private static IAnswerSource Answers() =>
        Console.IsInputRedirected ? new LineAnswers(new StreamReader(Console.OpenStandardInput()), Console.Out) : new TerminalAnswers(Console.Out);

    /// <summary>A client without a time limit of its own.</summary>
    public static HttpClient Client(bool followRedirects)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = followRedirects,
            UseCookies = false,
            ConnectTimeout = ConnectLimit,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd($"Prestage/{ProgramVersion.Text}");
        return client;
    }
}
