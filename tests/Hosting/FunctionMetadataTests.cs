using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Prestage.Functions;
using Prestage.Functions.Background.Finish;
using Prestage.Functions.Background.PoisonMessage;
using Prestage.Simulators;
using Xunit;

namespace Prestage.Tests.Hosting;

/// <summary>What the Functions host reads of the built backend, and what the pipeline counts on in each function.</summary>
public sealed class FunctionMetadataTests
{
    // Methods and route, queue, or schedule. What is not here the host answers with 404, or never runs.
    private static readonly string[] Expected =
    [
        "Activate: POST api/activate",
        "Associate: POST api/associate",
        "AttemptsPage: GET api/portal/attempts",
        "CancelEnrollment: POST api/portal/enrollments/{id}/cancel",
        "Complete: POST api/complete",
        "CreatePasscode: POST api/portal/passcodes",
        "DevicePage: GET api/portal/devices/{systemId}",
        "Enrollment: GET api/enrollment",
        "EnrollmentPage: GET api/portal/enrollments/{id}",
        "ExportEnrollments: GET api/portal/enrollments.csv",
        $"Finish: queue {FinishQueue.Name} of AzureWebJobsStorage as String",
        "Health: GET HEAD api/health",
        "ListEnrollments: GET api/portal/enrollments",
        "NoPortalRoute: GET POST api/portal/{*path}",
        "PasscodePage: GET api/portal/passcodes/{userId}",
        $"PoisonMessage: queue {EnrollmentPoison.QueueName} of AzureWebJobsStorage as String",
        "PortalHealth: GET api/portal/health",
        "Reconcile: timer 0 */5 * * * *, monitored",
        "ReleaseAttempts: POST api/portal/attempts/release",
        "ReleaseDevice: POST api/portal/devices/{systemId}/release",
        "Report: POST api/report",
        "RetryEnrollment: POST api/portal/enrollments/{id}/retry",
        "Summary: GET api/portal/summary",
        "Token: POST api/token",
        "Verify: POST api/verify",
    ];

    public static TheoryData<string> HttpFunctions => [.. Methods().Where(IsHttp).Select(NameOf)];

    [Fact]
    public void Each_function_has_its_route_queue_or_schedule_and_there_is_no_other() =>
        Assert.Equal(Expected, Functions().Select(function => $"{function.Name}: {Describe(function.Trigger)}").Order(StringComparer.Ordinal));

    [Fact]
    public void No_function_takes_a_name_or_route_of_the_host_s_own_and_none_asks_the_host_for_a_key()
    {
        foreach (var (name, trigger) in Functions())
        {
            Assert.True(name.All(char.IsAsciiLetterOrDigit), name);
            if (Text(trigger, "type") == "httpTrigger")
            {
                Assert.StartsWith("api/", Text(trigger, "route"), StringComparison.Ordinal);
                Assert.Equal("Anonymous", Text(trigger, "authLevel"));
            }
        }
    }

    // The token of a parameter would be the host's alone: RequestAborted has the time limit and the caller's end too.
    [Theory]
    [MemberData(nameof(HttpFunctions))]
    public void An_HTTP_function_takes_the_request_and_no_token_and_gives_a_result(string name)
    {
        var method = Methods().Single(method => NameOf(method) == name);

        Assert.Contains(method.ReturnType, new[] { typeof(IResult), typeof(Task<IResult>) });
        Assert.Equal(typeof(HttpRequest), method.GetParameters().Single(IsTrigger).ParameterType);
        Assert.DoesNotContain(method.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken));
    }

    [Fact]
    public void Each_function_is_one_class_of_its_own_named_after_it() =>
        Assert.All(Methods(), method => Assert.Equal($"{NameOf(method)}Function", method.DeclaringType!.Name));

    [Fact]
    public void The_host_s_file_beside_the_program_says_what_the_program_counts_on()
    {
        var host = Read("host.json");

        Assert.Equal(string.Empty, host["extensions"]!["http"]!["routePrefix"]!.ToString());
        Assert.Equal(EnrollmentFinish.MostDeliveries, (int)host["extensions"]!["queues"]!["maxDequeueCount"]!);
        Assert.Equal("base64", host["extensions"]!["queues"]!["messageEncoding"]!.ToString());
        Assert.Null(host["customHandler"]);
        Assert.Null(host["extensionBundle"]);
        Assert.Equal("Prestage.Functions.dll", Read("worker.config.json")["description"]!["defaultWorkerPath"]!.ToString());
    }

    private static string Describe(JsonNode trigger) => Text(trigger, "type") switch
    {
        "httpTrigger" => $"{string.Join(' ', trigger["methods"]!.AsArray().Select(method => method!.ToString().ToUpperInvariant()))} {Text(trigger, "route")}",
        "queueTrigger" => $"queue {Text(trigger, "queueName")} of {Text(trigger, "connection")} as {Text(trigger, "dataType")}",
        "timerTrigger" => $"timer {Text(trigger, "schedule")}, {((bool)trigger["useMonitor"]! ? "monitored" : "not monitored")}",
        var type => type,
    };

    private static IEnumerable<(string Name, JsonNode Trigger)> Functions() => Read("functions.metadata").AsArray()
        .Select(function => (Text(function!, "name"), function!["bindings"]!.AsArray().Single(binding => Text(binding!, "type").EndsWith("Trigger", StringComparison.Ordinal))!));

    private static IEnumerable<MethodInfo> Methods() => typeof(Composition).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null);

    private static string NameOf(MethodInfo method) => method.GetCustomAttribute<FunctionAttribute>()!.Name;

    private static bool IsHttp(MethodInfo method) => method.GetParameters().Any(IsTrigger);

    private static bool IsTrigger(ParameterInfo parameter) => parameter.GetCustomAttribute<HttpTriggerAttribute>() is not null;

    private static JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Built, file)))!;

    private static string Text(JsonNode node, string member) => node[member]!.ToString();
}
