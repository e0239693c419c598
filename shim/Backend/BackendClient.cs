using Prestage.Shim.Commands;
using Prestage.Wire;
using Refit;

namespace Prestage.Shim.Backend;

/// <summary>Makes the client of the service: Refit's, generated, with JSON by the wire's own context.</summary>
internal sealed class BackendClient : IDisposable
{
    private static readonly RefitSettings Settings = new(SystemTextJsonContentSerializer.ForContext(WireJson.Default))
    {
        RequestBodySerialization = RequestBodySerializationMode.Buffered,
    };

    private readonly HttpClient http;

    /// <param name="network">Left open by <see cref="Dispose"/> where it is not <paramref name="owned"/>.</param>
    public BackendClient(Uri service, HttpMessageHandler network, bool owned, ServiceClock clock, TimeProvider time)
    {
        http = Composition.Client(new BackendHandler(network, clock, time), owned);
        http.BaseAddress = service;
        Api = RestService.ForGenerated<IBackendApi>(http, Settings);
    }

    /// <summary>The service's routes.</summary>
    public IBackendApi Api { get; }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}
