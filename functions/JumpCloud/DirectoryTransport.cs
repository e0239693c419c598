using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Prestage.Functions.JumpCloud;

/// <summary>One call to JumpCloud. <paramref name="Route"/> is method and path template, for messages.</summary>
internal sealed record DirectoryRequest(string Route, HttpMethod Method, string PathAndQuery)
{
    /// <summary>JSON body, if any.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Whether sending it twice does the same as sending it once.</summary>
    public bool Repeatable { get; init; }

    /// <summary>Asks a search not to answer from stale copies (S1, <c>x-eventually-consistent</c>).</summary>
    public bool Consistent { get; init; }

    /// <summary>
    /// Whether <c>x-org-id</c> goes along; the organization routes answer 403 to it (S1 intro; jcapi-powershell <c>Custom/Module.cs</c>).
    /// </summary>
    public bool NamesOrganization { get; init; } = true;

    /// <summary>A repeatable read.</summary>
    public static DirectoryRequest Get(string route, string pathAndQuery) => new(route, HttpMethod.Get, pathAndQuery) { Repeatable = true };

    /// <summary>Serializes a body.</summary>
    public static byte[] Json<T>(T body, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(body, type);
}

/// <summary>Sends calls with our credential and tells JumpCloud's answers apart.</summary>
internal sealed partial class DirectoryTransport(
    HttpClient http, DirectoryPipeline pipeline, IDirectoryCredential credential, JumpCloudOptions options, ILogger<DirectoryTransport> log)
{
    private readonly Uri baseUrl = new(options.BaseUrl);

    /// <summary>A read; null for 404.</summary>
    public async Task<T?> ReadAsync<T>(DirectoryRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var reply = await SendAsync(request, cancellationToken);
        return reply.Status == HttpStatusCode.NotFound ? null : Parse(request.Route, Succeeded(request.Route, reply), type);
    }

    /// <summary>A write; <paramref name="alsoSuccess"/> is the status that says "it is so already".</summary>
    public async Task WriteAsync(DirectoryRequest request, HttpStatusCode? alsoSuccess, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(request, cancellationToken);
        if (reply.Status != alsoSuccess)
        {
            Succeeded(request.Route, reply);
        }
    }

    /// <summary>The answer, whatever its status but 401; a key or token that JumpCloud refuses is renewed, once.</summary>
    public async Task<DirectoryReply> SendAsync(DirectoryRequest request, CancellationToken cancellationToken)
    {
        var key = await credential.GetAsync(cancellationToken);
        var reply = await SendAsync(request, key, cancellationToken);
        if (reply.Status == HttpStatusCode.Unauthorized && await credential.RenewAsync(key, cancellationToken) is { } renewed)
        {
            Log.KeyRenewed(log);
            reply = await SendAsync(request, renewed, cancellationToken);
        }

        if (reply.Status == HttpStatusCode.Unauthorized)
        {
            Log.KeyRefused(log, request.Route, credential.Remedy);
            throw new DirectoryException(DirectoryFailure.KeyRefused, request.Route, 401);
        }

        return reply;
    }

    /// <summary>The reply, if it is a success; throws what it is otherwise.</summary>
    public static DirectoryReply Succeeded(string route, DirectoryReply reply) => (int)reply.Status switch
    {
        >= 200 and < 300 => reply,
        404 => throw new DirectoryException(DirectoryFailure.Missing, route, 404),
        403 => throw new DirectoryException(DirectoryFailure.KeyRefused, route, 403),
        429 or >= 500 => throw new DirectoryException(DirectoryFailure.Busy, route, (int)reply.Status, reply.RetryAfter),
        var other => throw new DirectoryException(DirectoryFailure.Refused, route, other),
    };

    /// <summary>Parses a success; something else than the expected JSON (a proxy's page, half an answer) is Busy.</summary>
    public static T Parse<T>(string route, DirectoryReply reply, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(reply.Body, type) ?? throw new DirectoryException(DirectoryFailure.Busy, route, (int)reply.Status);
        }
        catch (JsonException)
        {
            // The exception is not kept: its text may quote the answer.
            throw new DirectoryException(DirectoryFailure.Busy, route, (int)reply.Status);
        }
    }

    private Task<DirectoryReply> SendAsync(DirectoryRequest request, Secret key, CancellationToken cancellationToken) =>
        pipeline.SendAsync(http, request.Route, request.Repeatable, () => Message(request, key), cancellationToken);

    private HttpRequestMessage Message(DirectoryRequest request, Secret key)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(baseUrl, request.PathAndQuery));
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        credential.Apply(message, key);
        if (request.NamesOrganization)
        {
            message.Headers.Add("x-org-id", options.OrgId);
        }

        if (request.Consistent)
        {
            message.Headers.Add("x-eventually-consistent", "false");
        }

        if (request.Content is { } content)
        {
            message.Content = new ByteArrayContent(content) { Headers = { ContentType = new("application/json") } };
        }

        return message;
    }

    private static partial class Log
    {
        [LoggerMessage(7001, LogLevel.Information, "JumpCloud refused our key or token; a new one is used from now on")]
        public static partial void KeyRenewed(ILogger log);

        [LoggerMessage(7002, LogLevel.Error,
            "JumpCloud refuses our key or token ({Route}). {Remedy}")]
        public static partial void KeyRefused(ILogger log, string route, string remedy);
    }
}
