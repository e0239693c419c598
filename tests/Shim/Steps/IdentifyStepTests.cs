extern alias shim;

using System.Text.Json.Nodes;
using shim::Prestage.Wire;
using Xunit;

namespace Prestage.Tests.Shim.Steps;

/// <summary>Steps 4 to 6: what is refused, what is asked again, what ends the run.</summary>
public sealed class IdentifyStepTests
{
    // 127 bytes, two of them one letter.
    private static readonly string Longest = "Aä1" + new string('x', 123);

    [Fact]
    public async Task A_wrong_answer_is_asked_again_with_the_tries_that_are_left()
    {
        await using var bench = await MacBench.StartAsync();
        var (exitCode, shown) = await bench.RunAsync(["ana@example.com", "E-17", .. MacBench.Answers]);
        Assert.Equal(0, exitCode);
        Assert.Contains("That did not match. Tries left: 4.", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_is_waited_out_before_the_next_question()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Service.Order("/api/verify", 429, ProblemCodes.Locked, retryAfter: 1);
        var (exitCode, shown) = await bench.RunAsync(["anna@example.com", "E-17", .. MacBench.Answers]);
        Assert.Equal(0, exitCode);
        Assert.Contains("There were too many tries.", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unavailable_directory_is_tried_again_with_the_same_answers()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Service.Order("/api/verify", 503, ProblemCodes.DirectoryUnavailable);
        bench.Service.Order("/api/verify", 429, ProblemCodes.Busy);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal(3, bench.Service.Count("/api/verify"));
    }

    [Theory]
    [InlineData(403, ProblemCodes.DeviceNotEligible)]
    [InlineData(409, ProblemCodes.AlreadyEnrolled)]
    public async Task A_Mac_that_may_not_enroll_ends_the_run_and_is_reported(int status, string code)
    {
        await using var bench = await MacBench.StartAsync();
        bench.Service.Order("/api/verify", status, code);
        var (exitCode, shown) = await bench.RunAsync(MacBench.Answers);
        Assert.Equal(4, exitCode);
        Assert.Contains("tell IT the code ps-05", shown, StringComparison.Ordinal);
        Assert.Equal(("error", "identify", code), Key(Assert.Single(bench.Service.Reports)));
    }

    [Theory]
    [InlineData("Anna Berg")]
    [InlineData("root")]
    [InlineData("daemon")]
    [InlineData("nobody")]
    [InlineData("_mbsetupuser")]
    [InlineData("enroll")]
    public async Task A_directory_name_that_no_person_on_this_Mac_can_have_ends_the_run(string name)
    {
        await using var bench = await MacBench.StartAsync(account: new Account(name, "Anna Berg", false));
        Assert.Equal(4, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal("username-unusable", Assert.Single(bench.Service.Reports).Code);
    }

    [Fact]
    public async Task Two_passwords_that_differ_are_asked_again_and_not_sent()
    {
        await using var bench = await MacBench.StartAsync();
        var (exitCode, shown) = await bench.RunAsync(["anna@example.com", "E-17", "Geheim-1!", "Geheim-2!", MacBench.Password, MacBench.Password]);
        Assert.Equal(0, exitCode);
        Assert.Contains("not the same", shown, StringComparison.Ordinal);
        Assert.Equal(1, bench.Service.Count("/api/activate"));
    }

    [Fact]
    public async Task A_password_that_misses_a_rule_is_asked_again_with_what_is_missing_and_not_sent()
    {
        await using var bench = await MacBench.StartAsync();
        var (exitCode, shown) = await bench.RunAsync([.. MacBench.Answers[..2], "geheim-1", "geheim-1", .. MacBench.Answers[2..]]);
        Assert.Equal(0, exitCode);
        Assert.Contains("This password does not meet all of the rules.", shown, StringComparison.Ordinal);
        Assert.Contains("✗ An uppercase letter (still missing)", shown, StringComparison.Ordinal);
        Assert.Contains("✓ At least 8 characters", shown, StringComparison.Ordinal);
        Assert.Equal(1, bench.Service.Count("/api/activate"));
    }

    [Fact]
    public async Task The_person_reads_the_language_of_the_Mac()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.Languages = ["fr-CH", "de-CH", "en"]);
        var (exitCode, shown) = await bench.RunAsync(MacBench.Answers);
        Assert.Equal(0, exitCode);
        Assert.Contains("Guten Tag, Anna Berg.", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("Hello", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_settings_choose_another_language_and_other_sentences()
    {
        await using var bench = await MacBench.StartAsync(
            mac => mac.Languages = ["en"],
            settings => (settings["language"], settings["texts"]) = ("de", new JsonObject { ["hello"] = "Servus {name}!" }));
        var (_, shown) = await bench.RunAsync(MacBench.Answers);
        Assert.Contains("Servus Anna Berg!", shown, StringComparison.Ordinal);
        Assert.Contains("Wer sind Sie?", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejected_password_is_explained_and_asked_again()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Service.Order("/api/activate", 422, ProblemCodes.PasswordRejected, violations: ["passwordHistory", "minLength"]);
        var (exitCode, shown) = await bench.RunAsync([.. MacBench.Answers[..2], "Old-pass-1", "Old-pass-1", .. MacBench.Answers[2..]]);
        Assert.Equal(0, exitCode);
        Assert.Contains("You have used it before.", shown, StringComparison.Ordinal);
        Assert.Contains("It does not meet the rule: minLength.", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_that_is_never_taken_ends_the_run_with_a_code_for_IT()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Service.Order("/api/activate", 409, ProblemCodes.WrongState);
        var (exitCode, shown) = await bench.RunAsync([.. MacBench.Answers, .. MacBench.Answers]);
        Assert.Equal(4, exitCode);
        Assert.Contains("does not take a password for you", shown, StringComparison.Ordinal);
        Assert.Contains("tell IT the code ps-06", shown, StringComparison.Ordinal);
        Assert.Equal(1, bench.Service.Count("/api/verify"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("unknown")]
    public async Task A_password_that_is_rejected_without_a_reason_is_asked_again_with_the_rules(string? violation)
    {
        await using var bench = await MacBench.StartAsync();
        bench.Service.Order("/api/activate", 422, ProblemCodes.PasswordRejected, violations: violation is null ? null : [violation]);
        var (exitCode, shown) = await bench.RunAsync([.. MacBench.Answers[..2], "Old-pass-1", "Old-pass-1", .. MacBench.Answers[2..]]);
        Assert.Equal(0, exitCode);
        Assert.Equal(2, shown.Split("At least 8 characters").Length - 1);
        Assert.Contains("This password cannot be used.", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("unknown", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_that_the_Macs_tools_would_cut_is_not_taken()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.Person!.Password = Longest);
        var (exitCode, shown) = await bench.RunAsync([.. MacBench.Answers[..2], Longest + "!", Longest + "!", Longest, Longest]);
        Assert.Equal(0, exitCode);
        Assert.Contains("The password is too long", shown, StringComparison.Ordinal);
        Assert.Equal(Longest, bench.Service.Password);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Line.Contains("-passwd", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_agent_of_another_team_is_not_installed()
    {
        await using var bench = await MacBench.StartAsync(settings: settings => settings["agentPackageTeamId"] = "ABCDEFGHIJ");
        Assert.Equal(1, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Command == "installer");
        Assert.False(Directory.Exists(bench.Path("download")));
    }

    [Fact]
    public async Task The_end_of_the_answers_ends_the_run_and_the_next_one_asks_again()
    {
        await using var bench = await MacBench.StartAsync();
        Assert.Equal(1, (await bench.RunAsync(MacBench.Answers[..1])).ExitCode);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
    }

    private static (string?, string?, string?) Key(ReportRequest report) => (report.Level, report.Step, report.Code);
}
