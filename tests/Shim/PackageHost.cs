using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Prestage.Tests.Shim;

/// <summary>A web server with one file, which can cut its answers short, change the file and lie about ranges.</summary>
internal sealed class PackageHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private PackageHost(WebApplication app, string content) => (this.app, Content) = (app, content);

    public Uri Address => new($"{app.Urls.Single()}/agent.pkg");

    public string Content { get; set; }

    public string Tag { get; set; } = "\"one\"";

    /// <summary>Bytes after which the next answers are cut off, one each.</summary>
    public ConcurrentQueue<int> Cuts { get; } = new();

    /// <summary>Answers a range with a part that begins elsewhere.</summary>
    public bool Lies { get; set; }

    /// <summary>Says no length, so that an end looks like the whole.</summary>
    public bool HidesLength { get; set; }

    /// <summary>The Range header of each request, empty for the whole file.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public static async Task<PackageHost> StartAsync(string content)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var host = new PackageHost(app, content);
        app.Run(host.AnswerAsync);
        await app.StartAsync();
        return host;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var range = context.Request.Headers.Range.ToString();
        Asked.Enqueue(range);
        var whole = Encoding.UTF8.GetBytes(Content);
        var begin = range.Length > 0 && context.Request.Headers.IfRange == Tag ? int.Parse(range["bytes=".Length..].TrimEnd('-'), null) : 0;
        if (begin > 0)
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {(Lies ? begin - 1 : begin)}-{whole.Length - 1}/{whole.Length}";
        }

        context.Response.Headers.ETag = Tag;
        context.Response.ContentLength = HidesLength ? null : whole.Length - begin;
        var end = Cuts.TryDequeue(out var cut) ? Math.Min(cut, whole.Length) : whole.Length;
        await context.Response.Body.WriteAsync(whole.AsMemory(begin..Math.Max(begin, end)));
        // Too few bytes for the announced length: the server closes the connection behind them.
        await context.Response.Body.FlushAsync();
    }
}
