using Prestage.Simulators.Mac.Faults;
using Prestage.Simulators.Mac.Machine;
using Xunit;

namespace Prestage.Tests.Shim.Steps;

/// <summary>Another person enrolls a Mac on which this program has created an account for somebody before.</summary>
public sealed class SupersededPersonTests
{
    [Fact]
    public async Task The_account_of_the_person_before_is_disabled_and_hidden_with_its_files_kept_and_IT_is_told()
    {
        await using var bench = await StartAsync(admin: true);
        File.WriteAllText(bench.Mac.PathOf("/Users/bea/notes.txt"), "hers");
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.True(bench.Mac.State.Find("bea") is { Enabled: false, IsHidden: true });
        Assert.Equal("hers", File.ReadAllText(bench.Mac.PathOf("/Users/bea/notes.txt")));
        Assert.Contains("account-disabled-superseded", bench.Warnings);
        var report = Assert.Single(bench.Service.Reports, report => report.Code == "account-disabled-superseded");
        Assert.Contains("bea", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_that_cannot_be_disabled_is_told_to_IT_and_tried_again_at_the_hand_over()
    {
        await using var bench = await StartAsync(admin: false);
        bench.Mac.SetFault(MacFaults.Phantom("pwpolicy", "-disableuser").Exactly(3));
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal(["account-left-over", "account-disabled-superseded"], Codes(bench, "account-"));
        Assert.True(bench.Mac.State.Find("bea") is { Enabled: false, IsHidden: true });
    }

    [Fact]
    public async Task The_only_administrator_is_not_disabled()
    {
        await using var bench = await StartAsync(admin: true);
        bench.Mac.Change(state => AccountRules.SetAdmin(state, "enroll", false));
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.True(bench.Mac.State.Find("bea") is { Enabled: true });
        Assert.Contains("account-left-over:last-admin", bench.Warnings);
    }

    [Fact]
    public async Task Whoever_comes_back_gets_the_account_again()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Mac.Change(state => AccountRules.Update(
            AccountRules.Add(state, new NewAccount("anna", "Anna Berg", PasswordDigest.Of(MacBench.Password), Admin: false)),
            "anna",
            user => user with { Enabled = false, Attributes = user.Attributes.SetItem("IsHidden", "1") }));
        bench.Mac.Files.CreateHome(bench.Mac.State.Find("anna")!);
        ResetJournal(bench, """{"enrollmentId":"e0","superseded":[{"name":"anna","settled":true}]}""");
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.True(bench.Mac.State.Find("anna") is { Enabled: true, IsHidden: false });
        Assert.DoesNotContain("account-existed", bench.Warnings);
    }

    [Fact]
    public async Task An_account_that_IT_enabled_again_is_left_alone()
    {
        await using var bench = await StartAsync(admin: false);
        ResetJournal(bench, """{"enrollmentId":"e0","superseded":[{"name":"bea","settled":true}]}""");
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.True(bench.Mac.State.Find("bea") is { Enabled: true });
        Assert.Empty(Codes(bench, "account-"));
    }

    [Fact]
    public async Task What_was_reported_about_the_enrollment_before_is_reported_again_and_nothing_of_it_is_on_the_receipt()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Mac.Change(state => AccountRules.Add(state, new NewAccount("anna", "Anna of old", PasswordDigest.Of("of-01d-times"), Admin: false)));
        bench.Mac.Files.CreateHome(bench.Mac.State.Find("anna")!);
        ResetJournal(bench, """
            {"enrollmentId":"e0","warnings":["secure-token-missing","account-existed"],"reported":["create-account/account-existed"],
             "left":{"associate":"of-before"},"secureToken":true,"completeSent":true,"seconds":{"identify":4000}}
            """);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Contains("account-existed", Codes(bench, "account-"));
        Assert.DoesNotContain("secure-token-missing", bench.Warnings);
        Assert.Null(bench.Left("associate"));
        Assert.True((double)bench.Receipt["seconds"]!["identify"]! < 4000);
    }

    [Fact]
    public async Task A_report_about_the_person_before_never_reaches_the_next_ones_history()
    {
        await using var bench = await MacBench.StartAsync();
        ResetJournal(bench, """
            {"enrollmentId":"e0","unsent":[{"level":"warning","step":"create-account","code":"of-bea","message":"bea"}],"reported":["create-account/of-bea"]}
            """);

        // Each time it could be sent before the question, the service cannot take it.
        for (var tried = 0; tried < 3; tried++)
        {
            bench.Service.Order("/api/report", 503, "unavailable");
        }

        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.DoesNotContain(bench.Service.Reports, report => report.Code == "of-bea");
    }

    [Fact]
    public async Task The_same_enrollment_resumed_keeps_its_journal()
    {
        await using var bench = await MacBench.StartAsync();
        ResetJournal(bench, """{"enrollmentId":"e1","warnings":["home-missing"],"reported":["create-account/home-missing"]}""");
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Contains("home-missing", bench.Warnings);
    }

    private static async Task<MacBench> StartAsync(bool admin)
    {
        var bench = await MacBench.StartAsync();
        bench.Mac.Change(state => AccountRules.Add(state, new NewAccount("bea", "Bea Holm", PasswordDigest.Of("Bea-2026-lang!"), admin)));
        bench.Mac.Files.CreateHome(bench.Mac.State.Find("bea")!);
        ResetJournal(bench, """{"enrollmentId":"e0","createdAccount":"bea"}""");
        return bench;
    }

    private static void ResetJournal(MacBench bench, string json) => File.WriteAllText(bench.Path("journal.json"), json);

    private static string[] Codes(MacBench bench, string prefix) =>
        [.. bench.Service.Reports.Select(report => report.Code!).Where(code => code.StartsWith(prefix, StringComparison.Ordinal))];
}
