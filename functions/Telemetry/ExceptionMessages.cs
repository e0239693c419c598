using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Prestage.Functions.Telemetry;

/// <summary>
/// Keeps the message of a record that has an exception: of such a record the exporter for Application Insights makes a row of AppExceptions, which
/// has the exception's text in its place.
/// </summary>
internal sealed class ExceptionMessages : BaseProcessor<LogRecord>
{
    /// <summary>The attribute that holds the message.</summary>
    public const string Attribute = "FormattedMessage";

    /// <inheritdoc/>
    public override void OnEnd(LogRecord data)
    {
        if (data.Exception is not null && data.FormattedMessage is { } message)
        {
            data.Attributes = [.. data.Attributes ?? [], new(Attribute, message)];
        }
    }
}
