using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Prestage.Functions.Telemetry;

namespace Prestage.Tests.Telemetry;

/// <summary>Everything that the program's own meter tells from now on.</summary>
internal sealed class MeasureListener : IDisposable
{
    private readonly ConcurrentQueue<Measured> all = new();
    private readonly ConcurrentBag<Instrument> instruments = [];
    private readonly MeterListener listener = new();

    public MeasureListener()
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == Measures.MeterName)
            {
                instruments.Add(instrument);
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => all.Enqueue(new(instrument.Name, value, Tags(tags))));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => all.Enqueue(new(instrument.Name, value, Tags(tags))));
        listener.Start();
    }

    public IReadOnlyCollection<Measured> All => all;

    public IReadOnlyCollection<Instrument> Instruments => instruments;

    /// <summary>What an instrument told, as "attribute=value attribute=value" in the order of the names, with how often or how much.</summary>
    public Dictionary<string, double> Sums(string instrument) => all.Where(measured => measured.Instrument == instrument)
        .GroupBy(measured => measured.Text).ToDictionary(group => group.Key, group => group.Sum(measured => measured.Value));

    /// <summary>The values that an instrument told with these attributes.</summary>
    public IEnumerable<double> Values(string instrument, string attributes) =>
        all.Where(measured => measured.Instrument == instrument && measured.Text == attributes).Select(measured => measured.Value);

    public int Count(string instrument) => all.Count(measured => measured.Instrument == instrument);

    public void Dispose() => listener.Dispose();

    private static Dictionary<string, string> Tags(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var told = new Dictionary<string, string>();
        foreach (var tag in tags)
        {
            told.Add(tag.Key, $"{tag.Value}");
        }

        return told;
    }
}

/// <summary>One measurement.</summary>
internal sealed record Measured(string Instrument, double Value, Dictionary<string, string> Tags)
{
    public string Text => string.Join(' ', Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"));
}
