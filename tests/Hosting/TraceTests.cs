using System.Collections.Concurrent;
using System.Diagnostics;
using Prestage.Tests.Support;
using Prestage.Tests.Telemetry;
using Xunit;

namespace Prestage.Tests.Hosting;

/// <summary>What a listener to the program's activities would be given: the server's, the clients' and storage's.</summary>
[Collection(Alone.Name)]
public sealed class TraceTests
{
    [Fact]
    public async Task No_trace_of_an_enrollment_holds_a_secret()
    {
        ConcurrentQueue<string> traces = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => traces.Enqueue(
                $"{activity.Source.Name} {activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))} "
                + string.Join(' ', activity.Events.SelectMany(happened => happened.Tags).Select(tag => $"{tag.Key}={tag.Value}"))),
        };
        ActivitySource.AddActivityListener(listener);
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Identity:Proof", "passcode")));
        var anna = backend.AddPerson(People.New());
        var passcode = await new PortalClient(backend).PasscodeAsync(new { userId = anna.Id });
        using var mac = new WireMac(backend);

        (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "not-verified");
        (await mac.VerifyAsync(anna.Email, passcode)).IsOk();
        (await mac.ActivateAsync(People.Password)).IsOk();
        (await mac.AssociateAsync()).IsOk();
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        await mac.UntilAsync("completed");

        Assert.Contains(traces, trace => trace.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.Contains(traces, trace => trace.StartsWith("System.Net.Http", StringComparison.Ordinal));
        Assert.Empty(backend.Canaries.Find("a trace", traces));
    }
}
