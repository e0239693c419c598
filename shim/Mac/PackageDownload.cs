using System.Net;
using System.Net.Sockets;
using Prestage.Shim.State;

namespace Prestage.Shim.Mac;

/// <summary>
/// Fetches a package into a private directory, within limits of size and patience. What a lost network cut off is gone on with at the
/// next try (RFC 9110 §14: Range and If-Range), also after a restart; whoever uses the package checks its signature.
/// </summary>
/// <param name="largest">In bytes; 500 MB unless told.</param>
internal sealed class PackageDownload(HttpClient http, TimeProvider time, long largest = 500L << 20)
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    /// <summary>Null on success, else what was in the way.</summary>
    public async Task<string?> FetchAsync(Uri from, string directory, string name, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(LongestSilence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            PrivateFile.CreateDirectory(directory);
            var part = new PartialDownload(Path.Combine(directory, name), from);
            using var request = new HttpRequestMessage(HttpMethod.Get, from);
            part.AskForTheRest(request);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await ReceiveAsync(response, part, from.Host, () => silence.CancelAfter(LongestSilence), either.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            return $"{from.Host} could not be read: {exception.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{from.Host} went silent";
        }
    }

    private async Task<string?> ReceiveAsync(HttpResponseMessage response, PartialDownload part, string host, Action heard, CancellationToken cancellationToken)
    {
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
        {
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                part.Delete();
            }

            return $"{host} answered {(int)response.StatusCode}";
        }

        if (!part.TryBegin(response, out var total))
        {
            part.Delete();
            return $"{host} sent another part than the one asked for";
        }

        if (total > largest)
        {
            part.Delete();
            return TooLarge(host);
        }

        await using (var body = await response.Content.ReadAsStreamAsync(cancellationToken))
        using (var file = part.OpenAtItsEnd())
        {
            var buffer = new byte[64 << 10];
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                heard();
                if (file.Length + read > largest)
                {
                    part.Delete();
                    return TooLarge(host);
                }

                file.Write(buffer, 0, read);
            }

            if (total is { } whole && file.Length != whole)
            {
                return $"{host} sent {file.Length} of {whole} bytes";
            }
        }

        part.Finish();
        return null;
    }

    private string TooLarge(string host) => $"the package from {host} is larger than {largest >> 20} MB";
}
