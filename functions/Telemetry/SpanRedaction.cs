using System.Diagnostics;
using OpenTelemetry;

namespace Prestage.Functions.Telemetry;

/// <summary>
/// Runs before the exporter: of each span's attributes only those on the list are left, so that no address, header or text of the outside gets
/// out, whatever a later runtime adds. Addresses hold ids of Macs and people.
/// </summary>
internal sealed class SpanRedaction : BaseProcessor<Activity>
{
    private const string Template = "url.template";

    private static readonly HashSet<string> Kept =
    [
        "http.request.method", "http.response.status_code", "http.route", Template, "server.address", "server.port", "network.protocol.version",
        "error.type", "faas.invocation_id", "db.operation.name", "db.collection.name", "messaging.operation.name", "messaging.destination.name",
        "prestage.directory.signer",
    ];

    // An exception is an event of a client's span; its text and stack, which are the outside's, are not added where they are there already.
    private readonly ActivityListener exceptions = new()
    {
        ShouldListenTo = source => source.Name is Traces.ClientSourceName or Traces.ServerSourceName or Traces.SourceName,
        ExceptionRecorder = (Activity _, Exception _, ref TagList tags) =>
        {
            tags.Add("exception.message", string.Empty);
            tags.Add("exception.stacktrace", string.Empty);
        },
    };

    public SpanRedaction() => ActivitySource.AddActivityListener(exceptions);

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        // A request of no work of ours, such as looking whether the queue has a message.
        if (data is { Source.Name: Traces.ClientSourceName, Parent: null })
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        foreach (var (name, _) in data.TagObjects.Where(tag => !Kept.Contains(tag.Key)).ToList())
        {
            data.SetTag(name, null);
        }

        if (data.Source.Name == Traces.ClientSourceName)
        {
            var template = data.Parent?.GetTagItem(Template);
            data.SetTag(Template, template);
            data.DisplayName = $"{data.GetTagItem("http.request.method") ?? "HTTP"} {template}".TrimEnd();
        }

        data.TraceStateString = null;
        data.SetStatus(data.Status);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        exceptions.Dispose();
        base.Dispose(disposing);
    }
}
