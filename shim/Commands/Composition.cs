using Prestage.Shim.Backend;
using Prestage.Shim.Languages;
using Prestage.Shim.Logging;
using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;
using Prestage.Shim.State;
using Prestage.Shim.Ui;
using Prestage.Shim.Ui.Osascript;
using Prestage.Shim.Ui.SwiftDialog;

namespace Prestage.Shim.Commands;

/// <summary>Puts together what the steps work with. Each caller times its own calls; the clients have no limit of their own.</summary>
internal sealed class Composition : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private readonly BackendClient service;
    private readonly HttpClient downloads;
    private readonly DeviceIdentity device;
    private readonly Reporter reporter;

    public Composition(
        ShimSettings settings, Texts texts, MacPaths paths, CommandRunner commands, StateDirectory state, StepLog log, TimeProvider time, Outside? outside = null)
    {
        var clock = new ServiceClock(time);
        service = new BackendClient(settings.ServiceUrl, outside?.Network ?? Network(followRedirects: false, time), owned: outside is null, clock, time);
        downloads = Client(outside?.Network ?? Network(followRedirects: true, time), owned: outside is null);
        var mac = new MacSystem(paths, commands, time);
        var journal = JournalStore.Open(state.JournalFile);
        device = new DeviceIdentity(mac.Agent, settings, clock, time);
        var backend = new EnrollmentBackend(service.Api, device, state);
        reporter = new Reporter(backend, journal, log, time);
        var download = new PackageDownload(downloads, time);
        Context = new StepContext
        {
            Settings = settings,
            Mac = mac,
            Backend = backend,
            Clock = clock,
            Download = download,
            Journal = journal,
            State = state,
            Ui = Ui(settings, texts, mac, commands, download, log, time, outside),
            Reporter = reporter,
            Log = log,
            Time = time,
            Built = outside?.Built ?? ProgramVersion.Built,
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

    private IUserInterface Ui(
        ShimSettings settings, Texts texts, MacSystem mac, CommandRunner commands, PackageDownload download, StepLog log, TimeProvider time, Outside? outside)
    {
        var console = new ConsoleUi(outside?.Answers ?? Answers(), outside?.Output ?? Console.Out, texts, settings.Branding);
        if (settings.Ui == UiKind.Console)
        {
            return console;
        }

        var users = new UserCommands(commands, mac.Session, mac.Paths, time);
        var plain = new FallbackUi(
            new OsascriptUi(users, texts, settings.Branding, time),
            console,
            (why, token) => reporter.WarnAsync(log.Step, "osascript-unavailable", why, token),
            needsOpening: false);
        if (settings.Ui == UiKind.Osascript)
        {
            return plain;
        }

        var package = new SwiftDialogPackage(settings, mac, commands, download);
        var windows = new SwiftDialogUi(package, users, new DialogFiles(mac.Paths), new DialogPages(texts, settings.Branding, settings.HelpUrl), time);
        return new FallbackUi(windows, plain, (why, cancellationToken) => reporter.WarnAsync(log.Step, "swift-dialog-unavailable", why, cancellationToken));
    }

    private static IAnswerSource Answers() =>
        Console.IsInputRedirected ? new LineAnswers(new StreamReader(Console.OpenStandardInput()), Console.Out) : new TerminalAnswers(Console.Out);

    /// <summary>A client without a time limit of its own; the network is left open where it is not <paramref name="owned"/>.</summary>
    public static HttpClient Client(HttpMessageHandler network, bool owned = false)
    {
        var client = new HttpClient(network, owned) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd($"Prestage/{ProgramVersion.Text}");
        return client;
    }

    /// <summary>Connections as every client has them. A redirect of the service is a mistake or a captive portal: never follow it with a proof or a token.</summary>
    public static SocketsHttpHandler Network(bool followRedirects, TimeProvider time) => new()
    {
        AllowAutoRedirect = followRedirects,
        UseCookies = false,
        ConnectTimeout = ConnectLimit,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        SslOptions =
        {
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => CertificateCheck.Accept(time.GetUtcNow(), certificate, chain, errors),
        },
    };
}
