extern alias shim;

using Prestage.Simulators.Mac.Faults;
using shim::Prestage.Wire;
using Xunit;
using State = shim::Prestage.EnrollmentState;

namespace Prestage.Tests.Shim.Steps;

/// <summary>Steps 10 to 14: the enrollment user goes only where nobody is locked out by it.</summary>
public sealed class FarewellStepTests
{
    private static readonly Account Admin = new("anna", "Anna Berg", Admin: true);

    [Fact]
    public async Task The_last_administrator_stays_hidden()
    {
        await using var bench = await MacBench.StartAsync();
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal("enrollment-user-kept:last-admin", bench.Left("remove-enrollment-user"));
        Assert.True(bench.Mac.State.Find("enroll")!.IsHidden);
        Assert.Contains(bench.Service.Reports, report => report is { Level: "warning", Code: "enrollment-user-kept:last-admin" });
    }

    [Fact]
    public async Task Without_a_Secure_Token_for_the_person_the_enrollment_user_stays()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.BootstrapTokenEscrowed = false, account: Admin);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal("secure-token-unavailable", bench.Left("secure-token"));
        Assert.Equal("enrollment-user-kept:no-secure-token", bench.Left("remove-enrollment-user"));
        Assert.Contains("secure-token-missing", bench.Warnings);
        Assert.False((bool)bench.Receipt["secureToken"]!);
    }

    [Fact]
    public async Task A_deletion_that_macOS_does_not_permit_is_not_begun()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.TccGrant = false, account: Admin);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal("enrollment-user-kept:not-permitted", bench.Left("remove-enrollment-user"));
        Assert.True(Directory.Exists(bench.Mac.PathOf("/Users/enroll")));
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Line.StartsWith("sysadminctl -deleteUser", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("home")]
    [InlineData("crypto-user")]
    public async Task What_a_deletion_leaves_over_is_named(string part)
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        var uid = bench.Mac.State.Find("enroll")!.GeneratedUid;
        if (part == "home")
        {
            bench.Mac.SetFault(MacFaults.DeleteUserKeepsHome);
        }
        else
        {
            bench.Mac.Change(state => state with { OrphanedCryptoUsers = state.OrphanedCryptoUsers.SetItem("someone", uid) });
        }

        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal($"enrollment-user-left-over:{part}", bench.Left("remove-enrollment-user"));
        Assert.Contains($"enrollment-user-left-over:{part}", bench.Warnings);
    }

    [Fact]
    public async Task A_list_of_crypto_users_that_stays_partial_is_not_taken_for_their_absence()
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        bench.Mac.SetFault(MacFaults.DeleteUserKeepsHome);
        var run = bench.RunAsync(MacBench.Answers);
        await bench.Mac.WaitForAsync(state => state.Find("enroll") is null, TestContext.Current.CancellationToken);
        bench.Mac.SetFault(MacFaults.CryptoUsersPartial.Always());
        Directory.Delete(bench.Mac.PathOf("/Users/enroll"), recursive: true);
        Assert.Equal(0, (await run).ExitCode);
        Assert.Equal("enrollment-user-left-over:crypto-user", bench.Left("remove-enrollment-user"));
    }

    [Fact]
    public async Task The_setting_keeps_the_enrollment_user_without_a_warning()
    {
        await using var bench = await MacBench.StartAsync(settings: settings => settings["deleteEnrollmentUser"] = false, account: Admin);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal("enrollment-user-kept:by-setting", bench.Left("remove-enrollment-user"));
        Assert.Empty(bench.Warnings);
    }

    [Fact]
    public async Task Packages_that_a_stopped_start_left_are_deleted_in_the_end()
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        bench.Service.Order("/api/verify", 403, "device-not-eligible");
        Assert.Equal(4, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        string[] downloads = [bench.Path("agent-package"), bench.Path("window-download")];
        foreach (var download in downloads)
        {
            Directory.CreateDirectory(download);
            await File.WriteAllTextAsync(Path.Combine(download, "half.pkg"), "half", TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.All(downloads, download => Assert.False(Directory.Exists(download)));
    }

    [Fact]
    public async Task A_refused_logout_is_followed_by_the_harder_one()
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        bench.Mac.SetFault(MacFaults.UserCanceled);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Contains(bench.Mac.Journal.Calls, call => call.Line == "launchctl reboot logout");
    }

    [Fact]
    public async Task With_FileVault_off_its_list_is_not_asked()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.FileVaultOn = false, account: Admin);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Empty(bench.Warnings);
        Assert.True((bool)bench.Receipt["secureToken"]!);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Line == "fdesetup list");
        Assert.Contains("diskutil yes, fdesetup off", bench.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_FileVault_on_its_list_is_read_until_it_agrees()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.FileVaultOn = true, account: Admin);
        bench.Mac.SetFault(MacFaults.FileVaultListEmpty.Exactly(2));
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal(["filevault-before-token"], bench.Warnings);
        Assert.Equal(3, bench.Mac.Journal.Calls.Count(call => call.Line == "fdesetup list"));
    }

    [Fact]
    public async Task A_partial_list_of_crypto_users_is_read_again()
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        bench.Mac.SetFault(MacFaults.CryptoUsersPartial);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Empty(bench.Warnings);
    }

    [Fact]
    public async Task An_enrollment_that_the_service_gave_up_keeps_everything_for_the_operators_retry()
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        bench.Service.End = State.Failed;
        Assert.Equal(5, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.NotNull(bench.Mac.State.Find("enroll"));
        bench.Service.End = State.Completed;
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Null(bench.Mac.State.Find("enroll"));
    }

    [Fact]
    public async Task A_lost_answer_to_the_completion_leads_nobody_back_to_the_question_who_it_is()
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        bench.Service.Order("/api/complete", 503, ProblemCodes.Unavailable);
        bench.Service.Order("/api/complete", 401, ProblemCodes.TokenInvalid);
        bench.Service.Order("/api/token", 409, ProblemCodes.AlreadyEnrolled);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal("completion-unknown", bench.Left("complete"));
        Assert.Equal(1, bench.Service.Count("/api/verify"));
    }

    [Fact]
    public async Task An_enrollment_that_ended_before_the_completion_was_sent_is_begun_again()
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        bench.Service.Order("/api/complete", 401, ProblemCodes.TokenInvalid);
        bench.Service.Order("/api/token", 404, ProblemCodes.NotFound);
        Assert.Equal(0, (await bench.RunAsync([.. MacBench.Answers, .. MacBench.Answers])).ExitCode);
        Assert.Equal(2, bench.Service.Count("/api/verify"));
        Assert.Equal("completed", (string?)bench.Receipt["outcome"]);
    }

    [Fact]
    public async Task An_end_that_can_no_longer_be_read_is_not_taken_for_a_good_one()
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        bench.Service.Order("/api/enrollment", 401, ProblemCodes.TokenInvalid);
        bench.Service.Order("/api/token", 404, ProblemCodes.NotFound);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal("unknown", (string?)bench.Receipt["outcome"]);
        Assert.Equal("enrollment-user-kept:not-completed", bench.Left("remove-enrollment-user"));
    }
}
