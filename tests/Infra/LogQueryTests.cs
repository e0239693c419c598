using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prestage.Functions.Hosting;
using Prestage.Functions.Telemetry;
using Prestage.Simulators;
using Prestage.Tests.Telemetry;
using Xunit;

namespace Prestage.Tests.Infra;

/// <summary>The queries of alerts, workbook and operations page ask for what the program really logs.</summary>
public sealed partial class LogQueryTests
{
    private static readonly string Infra = Path.Combine(Repository.Root, "infra");

    private static readonly IReadOnlyList<MethodInfo> LogMethods = [.. typeof(Settings).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Where(method => method.GetCustomAttribute<LoggerMessageAttribute>() is not null)];

    private static readonly ILookup<int, (string Name, string Text)> Logged = LogMethods
        .Select(method => (Method: method, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
        .ToLookup(
            log => log.Message!.EventId,
            log => ($"{OwnerOf(log.Method).Name}.{log.Method.Name}", log.Message!.Message));

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
            Values(query.Text),
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
    public async Task Every_event_that_a_query_asks_for_is_exported_to_the_query_s_tables_with_all_that_the_query_reads()
    {
        await using var insights = await IngestionReceiver.StartAsync();
        LogEverything(insights.ConnectionString);

        foreach (var (where, text) in Queries().Where(query => EventOf().IsMatch(query.Text)))
        {
            var read = Values(text).ToList();
            var records = EventOf().Matches(text).Select(match => Assert.Single(insights.Of(Number(match)))).ToList();
            Assert.All(records, record => Assert.Contains(record.Table, text, StringComparison.Ordinal));
            Assert.All(read, value => Assert.Contains(records, record => record.Properties.ContainsKey(value)));
            Assert.All(records.Where(record => record.Table == "AppExceptions"), record => Assert.NotEmpty(record.Properties["FormattedMessage"]));
        }
    }

    // Each of the program's log methods once, through the export as it is.
    private static void LogEverything(string connectionString)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("APPLICATIONINSIGHTS_CONNECTION_STRING", connectionString)]).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace));
        services.AddTelemetry(OpenTelemetrySettings.Read(configuration));
        using var provider = services.BuildServiceProvider();
        var loggers = provider.GetRequiredService<ILoggerFactory>();
        foreach (var method in LogMethods)
        {
            var logger = loggers.CreateLogger(OwnerOf(method).FullName!);
            method.Invoke(null, [.. method.GetParameters().Select(parameter => Sample(parameter, logger))]);
        }
    }

    private static object? Sample(ParameterInfo parameter, ILogger logger) => parameter.ParameterType switch
    {
        var type when type == typeof(ILogger) => logger,
        var type when type == typeof(LogLevel) => LogLevel.Warning,
        var type when type == typeof(Exception) => new InvalidOperationException("the cause"),
        var type when type.IsEnum => Enum.GetValues(type).GetValue(0),
        var type when type.IsValueType => Activator.CreateInstance(type),
        _ => parameter.Name,
    };

    private static IEnumerable<string> Values(string query) =>
        ValueOf().Matches(query).Select(match => match.Groups[1].Value).Except(["CategoryName", "EventId", "FormattedMessage"]);

    // The type around the nested Log, else the type itself.
    private static Type OwnerOf(MethodInfo method) => method.DeclaringType!.DeclaringType ?? method.DeclaringType!;

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

    [GeneratedRegex(@"\bProperties\.(\w+)")]
    private static partial Regex ValueOf();

    [GeneratedRegex("```kql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex KqlBlock();
}
