using System.Net;
using Prestage.Simulators.Processes;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Hosting;

public sealed class StartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_setting_ends_the_program_with_2_and_a_line_that_names_it()
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../functions/release/Prestage.Functions"));
        await using var process = ChildProcess.Start(new(program)
        {
            Environment = new Dictionary<string, string?> { ["Attempts__Max"] = "many", ["Device__Trust"] = "anything", ["JumpCloud__ApiKey"] = "a-very-secret-key" },
        });

        Assert.Equal(2, await process.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancel));

        Assert.Contains(process.Errors, line => line.StartsWith("Setting Attempts__Max:", StringComparison.Ordinal));
        Assert.Contains("Setting Device__Trust: must be one of signature, record.", process.Errors);
        Assert.Contains(process.Errors, line => line.StartsWith("Setting JumpCloud__OrgId:", StringComparison.Ordinal));
        Assert.DoesNotContain(process.Lines, line => line.Text.Contains("a-very-secret-key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_its_storage_the_program_runs_and_answers_503_with_a_time_to_wait()
    {
        await using var backend = await Backend.StartAsync(storage: "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;"
            + "BlobEndpoint=http://127.0.0.1:9/a;QueueEndpoint=http://127.0.0.1:9/a;TableEndpoint=http://127.0.0.1:9/a");
        using var mac = new WireMac(backend);

        (await mac.SendAsync(HttpMethod.Get, "/api/health", null, null)).IsOk();
        var reply = (await mac.VerifyAsync("a@b.c", "x")).IsProblem((int)HttpStatusCode.ServiceUnavailable, "unavailable");

        Assert.Contains("Retry-After", reply.Headers.Keys);
        Assert.Contains(backend.Log.Lines, line => line.Contains("the tables or the queues cannot be created", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pointer_whose_enrollment_was_never_written_gets_it_with_the_next_verify()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        var id = await backend.PointAsync(mac.SystemId);

        var reply = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();

        Assert.Equal(id, reply.Text("enrollmentId"));
        Assert.Equal("verified", (await mac.EnrollmentAsync()).Text("state"));
    }
}
