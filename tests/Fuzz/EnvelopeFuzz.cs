using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Prestage.Functions.Hosting;
using Xunit;

namespace Prestage.Tests.Fuzz;

/// <summary>Whatever is posted as a trigger's envelope, it is read or refused as JSON.</summary>
public sealed class EnvelopeFuzz
{
    private const string Good = """{"Data":{"message":"\"{\\\"enrollmentId\\\":\\\"x\\\",\\\"attempt\\\":1}\""},"Metadata":{"DequeueCount":"\"3\"","Id":"\"3f0e\""}}""";

    private static readonly Gen<string> Values = Gen.OneOf(
        Hostile.Text.Select(text => JsonSerializer.Serialize(text)),
        Hostile.Text.Select(text => JsonSerializer.Serialize(JsonSerializer.Serialize(text))),
        Gen.Elements("null", "true", "7", "-1", "1e400", "[]", "{}", "[[[]]]", "\"\"", "\"\\\"\"", "\"\\ud800\"", "\"\\\"\\\\ud800\\\"\"", "{\"enrollmentId\":\"x\"}", "\"3\"", "99999999999"));

    private static readonly Gen<string> Envelopes =
        from message in Values
        from count in Values
        from whole in Gen.Elements(
            "{{\"Data\":{{\"message\":{0}}},\"Metadata\":{{\"DequeueCount\":{1}}}}}", "{{\"Data\":{0},\"Metadata\":{1}}}", "{{\"Data\":{{\"message\":{0}}},\"Metadata\":{1}}}",
            "{{\"Data\":{{\"message\":{0},\"message\":{1}}}}}", "{0}", "[{0}]")
        select string.Format(System.Globalization.CultureInfo.InvariantCulture, whole, message, count);

    [Fact]
    public Task An_envelope_is_read_or_is_no_JSON() => Fuzz.CheckAsync(
        Gen.OneOf(Envelopes.Select(Encoding.UTF8.GetBytes), Hostile.Mutated(Gen.Constant(Good)).Select(Encoding.UTF8.GetBytes), Hostile.Bytes), 3000, 1, async bytes =>
        {
            var context = new DefaultHttpContext { Request = { Body = new MemoryStream(bytes) } };
            try
            {
                var envelope = await TriggerEnvelope.ReadAsync(context.Request, "message", CancellationToken.None);
                Assert.NotNull(envelope.Text);
                Assert.InRange(envelope.Delivery, 0, int.MaxValue);
            }
            catch (JsonException exception)
            {
                Assert.NotEmpty(exception.Message);
            }
        });
}
