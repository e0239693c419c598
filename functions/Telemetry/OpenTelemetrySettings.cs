using System.ComponentModel;
using System.Globalization;

namespace Prestage.Functions.Telemetry;

/// <summary>
/// OpenTelemetry's own variables, as far as a wrong one would go unnoticed: its SDK reads them by itself, with all others of its specification,
/// and passes over what it does not understand. Never <c>OTEL_EXPORTER_OTLP_HEADERS</c>, which may hold a key: the SDK alone reads it.
/// </summary>
internal sealed class OpenTelemetrySettings
{
    private static readonly string[] Protocols = ["grpc", "http/protobuf"];

    private static readonly string[] Samplers =
        ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"];

    [ConfigurationKeyName("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [Description("Where traces and metrics go: the address of an OTLP receiver, such as http://127.0.0.1:4317. Empty: nowhere, and none are made.")]
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

    /// <summary>Whether anything is exported.</summary>
    public bool IsOn => !string.IsNullOrEmpty(Endpoint);

    /// <summary>Reads them.</summary>
    public static OpenTelemetrySettings Read(IConfiguration configuration) => new()
    {
        Endpoint = configuration["OTEL_EXPORTER_OTLP_ENDPOINT"],
        Protocol = configuration["OTEL_EXPORTER_OTLP_PROTOCOL"],
        Sampler = configuration["OTEL_TRACES_SAMPLER"],
        SamplerArgument = configuration["OTEL_TRACES_SAMPLER_ARG"],
    };

    /// <summary>What is wrong with them, without the values.</summary>
    public IEnumerable<string> Problems()
    {
        if (IsOn && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", UserInfo: "", Query: "" }))
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
    }
}
