using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Prestage.Functions.Hosting;
using Prestage.Simulators;
using Prestage.Simulators.Processes;
using Xunit;

namespace Prestage.Tests.Infra;

/// <summary>The queries of alerts, workbook and operations page ask for what the program really logs.</summary>
public sealed partial class LogQueryTests
{
    private static readonly string Infra = Path.Combine(Repository.Root, "infra");

    private static readonly ILookup<int, (string Name, string Text)> Logged = typeof(Settings).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Select(method => (Method: method, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
        .Where(log => log.Message is not null)
        .ToLookup(
            log => log.Message!.EventId,
            log => ($"{log.Method.DeclaringType!.DeclaringType!.Name}.{log.Method.Name}", log.Message!.Message));

    [Fact]
    public void No_two_log_lines_share_an_event_id() =>
        Assert.Empty(Logged.Where(lines => lines.Count() > 1).Select(lines => $"{lines.Key}: {string.Join(", ", lines.Select(line => line.Name))}"));

    [Fact]
    public void Every_event_that_a_query_asks_for_is_logged_under_that_name()
    {
        var asked = Queries().SelectMany(query => EventOf().Matches(query.Text).Select(match => (query.Where, Event: match))).ToList();

        Assert.True(asked.Count > 20, "Few events were found.");
        Assert.All(asked, ask =>
            Assert.True(
                Logged[Number(ask.Event)].Any(line => line.Name == ask.Event.Groups["name"].Value),
                $"{ask.Where} asks for {ask.Event.Value}; that event is {string.Join(", ", Logged[Number(ask.Event)].Select(line => line.Name))}"));
    }

    [Fact]
    public void Every_event_s_number_is_followed_by_its_name() => Assert.All(Queries(), query => Assert.True(
        AnyNumber().Count(query.Text) <= EventOf().Count(query.Text) + Repeated().Count(query.Text),
        $"{query.Where} has an event without its name behind it"));

    [Fact]
    public void Every_value_that_a_query_reads_is_in_one_of_its_events() => Assert.All(Queries(), query =>
    {
        var texts = EventOf().Matches(query.Text).SelectMany(match => Logged[Number(match)]).Select(line => line.Text).ToList();
        Assert.All(
            StateOf().Matches(query.Text).Select(match => match.Groups[1].Value),
            value => Assert.True(texts.Any(text => text.Contains($"{{{value}", StringComparison.Ordinal)), $"{query.Where} reads {value}, which none of its events has"));
    });

    [Fact]
    public void What_operators_did_is_asked_for_by_one_query_with_all_that_the_portal_logs_of_them()
    {
        var query = Queries().Single(query => query.Text.Contains("PortalGate.Refused", StringComparison.Ordinal));
        var asked = EventOf().Matches(query.Text).Select(match => match.Groups["name"].Value);

        var told = Logged.SelectMany(lines => lines).Where(line => line.Text.StartsWith("Portal: ", StringComparison.Ordinal)).ToList();
        Assert.All(told, line => Assert.Contains("{Name}", line.Text, StringComparison.Ordinal));
        Assert.Equal(told.Select(line => line.Name).Order(StringComparer.Ordinal), asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_host_lets_the_program_s_lines_and_its_own_record_of_each_call_through_unsampled()
    {
        var logging = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "host.json")))!["logging"]!;
        var unsampled = ((string)logging["applicationInsights"]!["samplingSettings"]!["excludedTypes"]!).Split(';');

        // AppRequests is written under Host.Results, which else takes the level of Host.
        Assert.All(["Host.Function.Console", "Host.Results"], category => Assert.Equal("Information", (string?)logging["logLevel"]![category]));
        Assert.All(["Request", "Trace", "Exception"], type => Assert.Contains(type, unsampled));
    }

    [Fact]
    public async Task The_query_for_wrong_settings_and_the_workbook_find_every_line_that_the_program_writes_of_them()
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../functions/release/Prestage.Functions"));
        await using var process = ChildProcess.Start(new(program) { Environment = new Dictionary<string, string?> { ["Attempts__Max"] = "many" } });

        Assert.Equal(2, await process.Exited.WaitAsync(TestContext.Current.CancellationToken));

        var begin = BeginOf().Match(Queries().Single(query => query.Where == "settings-wrong.kql").Text).Groups[1].Value;
        Assert.True(process.Errors.Count > 1, "Few lines were written.");
        Assert.All(process.Errors, line => Assert.StartsWith(begin, line, StringComparison.Ordinal));
        Assert.Contains($"startswith \"{begin}\"", Queries().Single(query => query.Where == "workbook.json, errors").Text, StringComparison.Ordinal);
    }

    private static int Number(Match match) => int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture);

    private static IEnumerable<(string Where, string Text)> Queries()
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Infra, "queries"), "*.kql"))
        {
            yield return (Path.GetFileName(path), File.ReadAllText(path));
        }

        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/operations.md"));
        foreach (Match block in KqlBlock().Matches(page))
        {
            yield return ($"docs/operations.md at {block.Index}", block.Groups[1].Value);
        }

        foreach (var item in JsonNode.Parse(File.ReadAllText(Path.Combine(Infra, "workbook.json")))!["items"]!.AsArray())
        {
            if (item!["content"]?["query"] is { } query)
            {
                yield return ($"workbook.json, {item["name"]}", (string)query!);
            }
        }
    }

    [GeneratedRegex(@"Event == (?<id>\d{4})\)? // (?<name>\w+\.\w+)")]
    private static partial Regex EventOf();

    [GeneratedRegex(@"Event == \d{4}")]
    private static partial Regex AnyNumber();

    // An event named once may be counted again further down, as in countif(Event == 1201 …).
    [GeneratedRegex(@"if\([^()]*Event == \d{4}")]
    private static partial Regex Repeated();

    [GeneratedRegex("startswith \"([^\"]+)\"")]
    private static partial Regex BeginOf();

    [GeneratedRegex(@"\bState\.(\w+)")]
    private static partial Regex StateOf();

    [GeneratedRegex("```kql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex KqlBlock();
}
