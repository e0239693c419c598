using Prestage.Functions.Hosting;
using Prestage.Functions.Telemetry;
using Refit;

namespace Prestage.Functions.JumpCloud;

/// <summary>
/// Counts and traces a call with all its tries, and says <see cref="DirectoryException"/> (Busy) where none was answered.
/// </summary>
/// <param name="route">Method and path template, where the client's interface does not have it.</param>
internal sealed class DirectoryCallHandler(TimeProvider clock, string? route = null) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        CallUsage.CountDirectoryCall();
        using var call = DirectoryCall.Begin(request, route ?? RouteOf(request), clock);
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            call.End(response.StatusCode);
            return response;
        }
        catch (Exception exception) when (DirectoryResilience.IsNoAnswer(exception))
        {
            call.End(exception);
            throw new DirectoryException(DirectoryFailure.Busy, call.Route, null, cause: exception) { WasHeldBack = call.WasHeldBack };
        }
        finally
        {
            // The request stays with its answer, and with the client's exceptions.
            request.Headers.Remove(ApiKeyCredential.Header);
            request.Headers.Authorization = null;
        }
    }

    private static string RouteOf(HttpRequestMessage request) =>
        request.Options.TryGetValue(new HttpRequestOptionsKey<string>(HttpRequestMessageOptions.RelativePathTemplate), out var template)
            ? $"{request.Method} {template.Split('?')[0]}"
            : throw new InvalidOperationException("The call has no route.");
}

/// <summary>One try: its answer is read to the end within the try's own time limit.</summary>
internal sealed class DirectoryTryHandler : DelegatingHandler
{
    private const int LargestBody = 4 * 1024 * 1024;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = DirectoryCall.Of(request);
        call.Send();
        var response = await base.SendAsync(request, cancellationToken);
        try
        {
            await response.Content.LoadIntoBufferAsync(LargestBody, cancellationToken);
        }
        catch (Exception)
        {
            response.Dispose();
            throw;
        }

        call.Answered(response.StatusCode);
        return response;
    }
}
