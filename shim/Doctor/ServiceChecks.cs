using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Prestage.Shim.Backend;
using Prestage.Shim.Settings;
using Prestage.Shim.Ui.SwiftDialog;

namespace Prestage.Shim.Doctor;

/// <summary>Whether the service and the directory can be reached from here, and how far the clock is off.</summary>
internal sealed class ServiceChecks(HttpMessageHandler network, HttpClient http, TimeProvider time)
{
    private const string SetClock = "sudo sntp -sS time.apple.com";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Service and clock; no clock without a service.</summary>
    public async Task<IReadOnlyList<Finding>> ServiceAsync(ShimSettings settings, CancellationToken cancellationToken)
    {
        const string Name = "service";
        var clock = new ServiceClock(time);
        try
        {
            using var service = new BackendClient(settings.ServiceUrl, network, owned: false, clock, time);
            var health = await BackendAnswers.ReadAsync(service.Api.GetHealthAsync(cancellationToken));
            return [Finding.Ok(Name, $"{settings.ServiceUrl} answers, version {health.Version}."), Clock(clock.Offset)];
        }
        catch (BackendException exception) when (exception.Distrust is { } distrust)
        {
            var now = time.GetLocalNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            return
            [
                Finding.Failed(
                    Name,
                    $"{settings.ServiceUrl}: {distrust} This Mac's clock says {now}.",
                    $"If the clock is wrong: {SetClock}. Else look for TLS inspection whose authority this Mac does not know."),
            ];
        }
        catch (BackendException exception)
        {
            var cause = exception.InnerException is { } inner ? $" ({inner.Message})" : string.Empty;
            return
            [
                Finding.Failed(
                    Name,
                    $"{settings.ServiceUrl}: {exception.Problem.Detail}{cause}",
                    "Check serviceUrl, DNS, firewall and any TLS inspection between this Mac and the service; then the service's own health."),
            ];
        }
    }

    /// <summary>JumpCloud's hosts, as the connect key and the settings name them. Any answer at all will do.</summary>
    public async Task<Finding> DirectoryAsync(ShimSettings settings, CancellationToken cancellationToken)
    {
        const string Name = "directory";
        List<Uri> hosts = [settings.AgentPackageUrl];
        if (Kickstart(settings.ConnectKey) is { } kickstart)
        {
            hosts.Add(kickstart);
        }

        List<string> silent = [];
        foreach (var host in hosts)
        {
            if (await FailureAsync(host, cancellationToken) is { } failure)
            {
                silent.Add($"{host.Authority}: {failure}");
            }
        }

        return silent.Count == 0
            ? Finding.Ok(Name, $"{string.Join(" and ", hosts.Select(host => host.Authority).Distinct())} can be reached.")
            : Finding.Failed(
                Name,
                string.Join("; ", silent),
                "Allow these hosts, *.jumpcloud.com among them, in firewall and proxy; the agent cannot register without them.");
    }

    /// <summary>Whether the chosen window can be had; the enrollment falls back to macOS's own dialogs.</summary>
    public async Task<Finding> WindowAsync(ShimSettings settings, SwiftDialogPackage package, CancellationToken cancellationToken)
    {
        const string Name = "window";
        if (settings.Ui != UiKind.SwiftDialog)
        {
            return Finding.Ok(Name, $"{settings.Ui} needs nothing.");
        }

        var installed = await package.FindAsync(cancellationToken);
        if (installed.IsUsable)
        {
            return Finding.Ok(Name, "swiftDialog is installed.");
        }

        if (installed.Refusal is { } refusal)
        {
            var instead = installed.CanBeReplaced ? "The enrollment installs its own package over it." : "macOS's own dialogs ask instead.";
            return Finding.Warning(
                Name,
                $"swiftDialog is installed and not used: {refusal}. {instead}",
                "Delete it, and let the MDM install swiftDialog's own package.");
        }

        var address = (await package.ChooseAsync(cancellationToken)).Address;
        return await FailureAsync(address, cancellationToken) is { } failure
            ? Finding.Warning(
                Name,
                $"swiftDialog is not installed, and {address.Authority} cannot be reached ({failure}): macOS's own dialogs ask instead.",
                "Let the MDM install swiftDialog, allow that host, or set dialogPackageUrl and dialogPackageSha256.")
            : Finding.Ok(Name, $"swiftDialog is not installed yet; the enrollment brings it from {address.Authority}.");
    }

    private static Finding Clock(TimeSpan offset)
    {
        const string Name = "clock";
        var seconds = Math.Abs(offset.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
        return offset.Duration() <= ServiceClock.LargestSkew
            ? Finding.Ok(Name, $"{seconds} s from the service's.")
            : Finding.Warning(
                Name,
                $"{seconds} s {(offset > TimeSpan.Zero ? "behind" : "ahead of")} the service's: Prestage reckons with that, the JumpCloud agent does not.",
                $"Set it: {SetClock}");
    }

    private static Uri? Kickstart(ConnectKey key)
    {
        using var bootstrap = JsonDocument.Parse(key.Bootstrap);
        return bootstrap.RootElement.TryGetProperty("publicKickstartUrl", out var url) && url.ValueKind == JsonValueKind.String
            && Uri.TryCreate(url.GetString(), UriKind.Absolute, out var address) ? address : null;
    }

    private async Task<string?> FailureAsync(Uri host, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, host);
        using var timer = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return null;
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            return exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no answer";
        }
    }
}
