extern alias shim;

using System.Text;
using Xunit;
using Account = shim::Prestage.Wire.Account;

namespace Prestage.Tests.Shim.Steps;

/// <summary>Where the service trusts records: a token that has died is the person's to renew.</summary>
public sealed class RecordModeTests
{
    private const string Key = "dk-7Yq2VbN0sXcR4mWjT9pLzKf6HuE3aGo1DiB5";

    [Theory]
    [InlineData("/api/associate", 4)]
    [InlineData("/api/complete", 2)]
    public async Task A_dead_token_leads_back_to_the_person_once_and_to_the_same_end(string deadAt, int answersAgain)
    {
        await using var bench = await StartAsync();
        bench.Service.Order(deadAt, 401, "token-invalid");

        var (exitCode, shown) = await bench.RunAsync([.. MacBench.Answers, .. MacBench.Answers[..answersAgain]]);

        Assert.Equal(0, exitCode);
        Assert.Equal((2, 1, 2), (bench.Service.Count("/api/verify"), bench.Service.Count("/api/token"), bench.Service.Count(deadAt)));
        Assert.Empty(bench.Warnings);
        Assert.True(bench.Mac.State.Find("anna") is { SecureToken: true });
        Assert.DoesNotContain(Key, shown, StringComparison.Ordinal);
        var files = Directory.EnumerateFiles(bench.Mac.Root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint });
        Assert.DoesNotContain(files, file => Encoding.UTF8.GetString(File.ReadAllBytes(file)).Contains(Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_dies_with_nobody_there_ends_the_run_until_somebody_is()
    {
        await using var bench = await StartAsync();
        bench.Service.Order("/api/associate", 401, "token-invalid");

        Assert.Equal(1, (await bench.RunAsync(MacBench.Answers)).ExitCode);

        Assert.Equal((1, 1), (bench.Service.Count("/api/verify"), bench.Service.Count("/api/token")));
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
    }

    private static async Task<MacBench> StartAsync()
    {
        var bench = await MacBench.StartAsync(settings: settings => settings["deviceKey"] = Key, account: new Account("anna", "Anna Berg", Admin: true));
        bench.Service.DeviceKey = Key;
        return bench;
    }
}
