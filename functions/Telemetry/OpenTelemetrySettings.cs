using System.ComponentModel;
using System.Globalization;

namespace Prestage.Functions.Telemetry;

/// <summary>
/// OpenTelemetry's own variables, as far as a wrong one would go unnoticed: its SDK reads them by itself, with all others of its specification,
/// and passes over what it does not understand. Of <c>OTEL_EXPORTER_OTLP_HEADERS</c>, which may hold a key, only the form is checked.
/// </summary>
internal sealed class OpenTelemetrySettings
{
    private static readonly string[] Protocols = ["grpc", "http/protobuf"];

    private static readonly string[] Samplers =
        ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"];

    [ConfigurationKeyName("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [Description("Where logs, traces and metrics go: the address of an OTLP receiver, such as http://127.0.0.1:4317. Empty: to none.")]
    public string? Endpoint { get; init; }

    [ConfigurationKeyName("OTEL_EXPORTER_OTLP_PROTOCOL")]
    [Description("How they go there: grpc (usually port 4317) or http/protobuf (4318). Empty: grpc.")]
    public string? Protocol { get; init; }

    [ConfigurationKeyName("OTEL_TRACES_SAMPLER")]
    [Description("Which calls are traced: always_on, always_off, traceidratio, or one of these with parentbased_ before it. Empty: every call.")]
    public string? Sampler { get; init; }

    [ConfigurationKeyName("OTEL_TRACES_SAMPLER_ARG")]
    [Description("The share of calls that are traced, from 0 to 1, where the sampler takes one.")]
    public string? SamplerArgument { get; init; }

    [ConfigurationKeyName("APPLICATIONINSIGHTS_CONNECTION_STRING")]
    [Description("The Application Insights component that logs, traces and metrics go to. Empty: none.")]
    public string? ConnectionString { get; init; }

    [ConfigurationKeyName("APPLICATIONINSIGHTS_AUTHENTICATION_STRING")]
    [Description("Authorization=AAD, with ;ClientId=<id> for a user-assigned identity: that component takes no key, but the managed identity. Empty: by its key.")]
    public string? Authentication { get; init; }

    /// <summary>Whether an OTLP receiver is set.</summary>
    public bool HasReceiver => !string.IsNullOrEmpty(Endpoint);

    /// <summary>Whether an Application Insights component is set.</summary>
    public bool HasApplicationInsights => !string.IsNullOrEmpty(ConnectionString);

    /// <summary>Whether anything is exported.</summary>
    public bool IsOn => HasReceiver || HasApplicationInsights;

    /// <summary>Whether the managed identity signs in to Application Insights.</summary>
    public bool UsesIdentity => !string.IsNullOrEmpty(Authentication);

    /// <summary>The user-assigned identity's client id; null for the system-assigned one.</summary>
    public string? ClientId => Parts(Authentication).GetValueOrDefault("ClientId");

    private bool HasMalformedHeaders { get; init; }

    /// <summary>Reads them.</summary>
    public static OpenTelemetrySettings Read(IConfiguration configuration) => new()
    {
        Endpoint = configuration["OTEL_EXPORTER_OTLP_ENDPOINT"],
        Protocol = configuration["OTEL_EXPORTER_OTLP_PROTOCOL"],
        Sampler = configuration["OTEL_TRACES_SAMPLER"],
        SamplerArgument = configuration["OTEL_TRACES_SAMPLER_ARG"],
        ConnectionString = configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"],
        Authentication = configuration["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"],
        HasMalformedHeaders = configuration["OTEL_EXPORTER_OTLP_HEADERS"] is { Length: > 0 } headers
            && headers.Split(',').Any(header => header.IndexOf('=', StringComparison.Ordinal) < 1),
    };

    /// <summary>What is wrong with them, without the values.</summary>
    public IEnumerable<string> Problems()
    {
        if (HasReceiver && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", UserInfo: "", Query: "" }))
        {
            yield return "OTEL_EXPORTER_OTLP_ENDPOINT: must be an http or https address without user name and query, such as http://127.0.0.1:4317.";
        }

        if (!string.IsNullOrEmpty(Protocol) && !Protocols.Contains(Protocol))
        {
            yield return $"OTEL_EXPORTER_OTLP_PROTOCOL: must be one of {string.Join(", ", Protocols)}.";
        }

        if (!string.IsNullOrEmpty(Sampler) && !Samplers.Contains(Sampler))
        {
            yield return $"OTEL_TRACES_SAMPLER: must be one of {string.Join(", ", Samplers)}.";
        }

        if (!string.IsNullOrEmpty(SamplerArgument)
            && !(double.TryParse(SamplerArgument, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1))
        {
            yield return "OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1.";
        }

        if (HasMalformedHeaders)
        {
            yield return "OTEL_EXPORTER_OTLP_HEADERS: must be name=value, several separated by commas.";
        }

        var parts = Parts(ConnectionString);
        if (HasApplicationInsights && !(Guid.TryParse(parts.GetValueOrDefault("InstrumentationKey"), out _)
            && Uri.TryCreate(parts.GetValueOrDefault("IngestionEndpoint"), UriKind.Absolute, out var ingestion)
            && (ingestion.Scheme == Uri.UriSchemeHttps || (ingestion.Scheme == Uri.UriSchemeHttp && ingestion.IsLoopback))))
        {
            yield return "APPLICATIONINSIGHTS_CONNECTION_STRING: must be as the component shows it: InstrumentationKey=<id>;IngestionEndpoint=https://...";
        }

        if (UsesIdentity && !"AAD".Equals(Parts(Authentication).GetValueOrDefault("Authorization"), StringComparison.OrdinalIgnoreCase))
        {
            yield return "APPLICATIONINSIGHTS_AUTHENTICATION_STRING: must be Authorization=AAD, with ;ClientId=<id> for a user-assigned identity.";
        }
    }

    private static Dictionary<string, string> Parts(string? text)
    {
        Dictionary<string, string> parts = new(StringComparer.OrdinalIgnoreCase);
        foreach (var part in (text ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at > 0)
            {
                parts[part[..at]] = part[(at + 1)..];
            }
        }

        return parts;
    }
}
