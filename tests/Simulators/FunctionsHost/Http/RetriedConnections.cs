using System.Net.Sockets;

namespace Prestage.Simulators.FunctionsHost.Http;

/// <summary>A connection that the worker refuses is tried up to ten times (azure-functions-host, RetryProxyHandler).</summary>
internal sealed class RetriedConnections(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int MostTries = 10;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException exception)
                when (tries < MostTries && exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(50 * tries, 250)), cancellationToken);
            }
        }
    }
}
