using System.Text.RegularExpressions;
using Prestage.Simulators;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Infra;

/// <summary>The query behind the alert finishing-stalled, against the events that the program logs of every way out of finishing.</summary>
public sealed partial class FinishingStalledTests
{
    // The code of the event, and the file that makes the move.
    private static readonly Dictionary<string, (string File, Func<Backend, WireMac, string, Task> Act)> Ends = new()
    {
        ["completed"] = ("Background/Finish/EnrollmentFinish.cs", (backend, _, _) => FinishAsync(backend, 1)),
        ["failed"] = ("Background/Finish/EnrollmentFinish.cs", FailAsync),
        ["poison-message"] = (
            "Background/PoisonMessage/EnrollmentPoison.cs",
            async (backend, _, _) => await backend.PoisonAsync((await backend.TakeMessageAsync())!)),
        ["cancelled"] = (
            "Portal/CancelEnrollmentFunction.cs",
            async (backend, _, id) => (await new PortalClient(backend).PostAsync($"enrollments/{id}/cancel")).IsOk()),
        ["released"] = (
            "Portal/ReleaseDeviceFunction.cs",
            async (backend, mac, _) => (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk()),
    };

    // The query has two lists: all codes that it looks at, and those of them that wait for an end.
    private static readonly List<string[]> Lists =
        [.. CodeIn().Matches(File.ReadAllText(Path.Combine(Repository.Root, "infra/queries/finishing-stalled.kql"))).Select(match => Code().Matches(match.Value).Select(code => code.Groups[1].Value).ToArray())];

    public static TheoryData<string> Codes => [.. Ends.Keys];

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task An_enrollment_that_left_finishing_is_not_taken_for_stalled_and_one_that_is_retried_may_be(string code)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        var id = mac.Token!.Split('.')[0];
        Assert.Equal(("finishing", true), Seen(backend, id));

        await Ends[code].Act(backend, mac, id);

        Assert.Equal((code, false), Seen(backend, id));
        if (code is "failed" or "poison-message")
        {
            (await new PortalClient(backend).PostAsync($"enrollments/{id}/retry")).IsOk(202);
            Assert.Equal(("retried", true), Seen(backend, id));
        }
    }

    [Fact]
    public void The_query_knows_every_end_and_no_code_in_the_program_ends_an_enrollment_unseen()
    {
        var functions = Path.Combine(Repository.Root, "functions");
        var moving = Directory.EnumerateFiles(functions, "*.cs", SearchOption.AllDirectories)
            .Where(file => EndState().IsMatch(File.ReadAllText(file))).Select(file => Path.GetRelativePath(functions, file));

        Assert.Equal(Lists[0].Except(Lists[1]).Order(StringComparer.Ordinal), Ends.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Ends.Values.Select(end => end.File).Distinct().Order(StringComparer.Ordinal), moving.Order(StringComparer.Ordinal));
    }

    // As the query does: the last of its codes, and whether that one waits.
    private static (string Code, bool Waits) Seen(Backend backend, string id)
    {
        var last = backend.Log.Lines.Select(line => Happened().Match(line)).Where(match => match.Success && match.Groups["id"].Value == id)
            .Select(match => match.Groups["code"].Value).Last(Lists[0].Contains);
        return (last, Lists[1].Contains(last));
    }

    private static async Task FinishAsync(Backend backend, int delivery) => await backend.FinishAsync((await backend.TakeMessageAsync())!, delivery);

    private static Task FailAsync(Backend backend, WireMac mac, string id)
    {
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Method = "POST", Path = "/api/v2/systemgroups/*/members", Status = 404 });
        return FinishAsync(backend, 5);
    }

    [GeneratedRegex(@"Code in \([^)]*\)")]
    private static partial Regex CodeIn();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Code();

    [GeneratedRegex(@"Enrollment (?<id>\S+): event \d+ is (?<code>[a-z-]+),")]
    private static partial Regex Happened();

    [GeneratedRegex(@"State = EnrollmentState\.(Completed|Failed|Cancelled)\b")]
    private static partial Regex EndState();
}
