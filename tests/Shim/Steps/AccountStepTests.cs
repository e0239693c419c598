extern alias shim;

using Prestage.Simulators.Mac.Faults;
using Prestage.Simulators.Mac.Machine;
using shim::Prestage.Wire;
using Xunit;

namespace Prestage.Tests.Shim.Steps;

/// <summary>Steps 7 to 9: the local account, whatever sysadminctl says about it.</summary>
public sealed class AccountStepTests
{
    private static readonly MacFault[] Phantoms = [MacFaults.AddUserPhantom, MacFaults.AddUserPhantom];

    private static readonly MacFault Unreadable = MacFaults.Says(
        "dscl-unreadable", "dscl", "-read /Users/anna", 71, errors: "<dscl_cmd> DS Error: -14007 (eDSCannotAccessSession)\n");

    [Fact]
    public async Task An_account_that_was_only_claimed_is_made_again()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Mac.SetFault(MacFaults.AddUserPhantom);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Null(bench.Left("create-account"));
        Assert.NotNull(bench.Mac.State.Find("anna"));
    }

    [Fact]
    public async Task An_account_that_cannot_be_made_is_left_to_the_agent()
    {
        await using var bench = await MacBench.StartAsync();
        Array.ForEach(Phantoms, bench.Mac.SetFault);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal("made-by-agent", bench.Left("create-account"));
        Assert.Contains("account-not-created", bench.Warnings);
        Assert.True(bench.Mac.State.Find("anna")!.Managed);
    }

    [Fact]
    public async Task A_password_that_the_Macs_own_rules_refuse_is_asked_again()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Mac.SetFault(MacFaults.AddUserPolicyRefusal);
        var (exitCode, shown) = await bench.RunAsync([.. MacBench.Answers[..2], "Weaker-2026", "Weaker-2026", .. MacBench.Answers[2..]]);
        Assert.Equal(0, exitCode);
        Assert.Contains("[ 7/14] create account … ", shown, StringComparison.Ordinal);
        Assert.Contains("back to set-password", shown, StringComparison.Ordinal);
        Assert.Equal(MacBench.Password, bench.Service.Password);
    }

    [Fact]
    public async Task A_home_that_was_not_made_is_made()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Mac.SetFault(MacFaults.AddUserWithoutHome);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.True(Directory.Exists(bench.Mac.PathOf("/Users/anna")));
        Assert.Contains(bench.Mac.Journal.Calls, call => call.Line == "createhomedir -c -u anna");
    }

    [Theory]
    [InlineData(612, 20)]
    [InlineData(502, 0)]
    public async Task A_home_that_another_left_there_is_reported_and_stays_theirs(int uid, int gid)
    {
        await using var bench = await MacBench.StartAsync();
        Directory.CreateDirectory(bench.Mac.PathOf("/Users/anna"));
        bench.Mac.Files.SetOwner("/Users/anna", uid, gid);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Contains("home-of-another", bench.Warnings);
        Assert.Contains(bench.Service.Reports, report => report.Code == "home-of-another" && report.Message!.Contains($"{uid} {gid}", StringComparison.Ordinal));
        Assert.Equal((uid, gid), bench.Mac.Files.OwnerOf("/Users/anna"));
    }

    [Fact]
    public async Task An_account_that_was_there_before_is_left_to_the_agents_takeover()
    {
        await using var bench = await MacBench.StartAsync();
        AddStranger(bench);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Contains("account-existed", bench.Warnings);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Line.StartsWith("sysadminctl -addUser", StringComparison.Ordinal));
        Assert.Contains(bench.Service.Reports, report => report is { Level: "warning", Code: "account-existed" });
    }

    [Fact]
    public async Task A_directory_that_fails_for_a_moment_does_not_make_a_stranger_ours()
    {
        await using var bench = await MacBench.StartAsync();
        AddStranger(bench);
        Assert.Equal(1, (await bench.RunAsync(MacBench.Answers[..2])).ExitCode);
        bench.Mac.SetFault(Unreadable.Exactly(2));
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers[2..])).ExitCode);
        Assert.Contains("account-existed", bench.Warnings);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Line.Contains("-passwd", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_directory_that_keeps_failing_stops_the_run_before_any_account_is_touched()
    {
        await using var bench = await MacBench.StartAsync();
        AddStranger(bench);
        Assert.Equal(1, (await bench.RunAsync(MacBench.Answers[..2])).ExitCode);
        bench.Mac.SetFault(Unreadable.Always());
        Assert.Equal(1, (await bench.RunAsync(MacBench.Answers[2..])).ExitCode);
        Assert.Contains(bench.Service.Reports, report => report is { Level: "error", Step: "create-account", Code: "directory-unreadable" });
        Assert.DoesNotContain("createdAccount", File.ReadAllText(bench.Path("journal.json")), StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Line.StartsWith("sysadminctl -addUser", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_who_has_a_password_gets_the_account_from_the_agent()
    {
        await using var bench = await MacBench.StartAsync(account: new Account("anna", "Anna Berg", Admin: true));
        bench.Service.PasswordRequired = false;
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers[..2])).ExitCode);
        Assert.Equal("made-by-agent", bench.Left("create-account"));
        Assert.True(bench.Mac.State is { } state && state.IsAdmin("anna") && state.Find("enroll") is null);
    }

    [Fact]
    public async Task An_enrollment_that_is_gone_leads_back_to_the_question_who_it_is()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Service.Order("/api/associate", 401, ProblemCodes.TokenInvalid);
        bench.Service.Order("/api/token", 404, ProblemCodes.NotFound);
        Assert.Equal(0, (await bench.RunAsync([.. MacBench.Answers, .. MacBench.Answers])).ExitCode);
        Assert.Equal(2, bench.Service.Count("/api/verify"));
    }

    [Fact]
    public async Task A_bound_person_is_not_asked_for_a_password_again()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Service.Order("/api/complete", 409, ProblemCodes.WrongState);
        Assert.Equal(1, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        File.Delete(bench.Path("journal.json"));
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers[..2])).ExitCode);
        Assert.Equal("already-bound", bench.Left("set-password"));
    }

    [Fact]
    public async Task A_full_name_that_another_account_has_is_made_different()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Mac.Change(state => AccountRules.Add(state, new NewAccount("aberg", "Anna Berg", PasswordDigest.Of("old"), Admin: false)));
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal("Anna Berg (anna)", bench.Mac.State.Find("anna")!.FullName);
        Assert.Contains("full-name-taken", bench.Warnings);
    }

    [Fact]
    public async Task A_disabled_account_of_that_name_stops_the_run_before_the_binding()
    {
        await using var bench = await MacBench.StartAsync();
        AddStranger(bench);
        bench.Mac.Change(state => AccountRules.Update(state, "anna", user => user with { Enabled = false }));
        Assert.Equal(4, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Contains(bench.Service.Reports, report => report is { Level: "error", Code: "account-disabled" });
        Assert.Equal(0, bench.Service.Count("/api/associate"));
    }

    [Fact]
    public async Task A_token_holder_who_is_taken_over_with_another_password_is_reported()
    {
        await using var bench = await MacBench.StartAsync();
        AddStranger(bench);
        bench.Mac.Change(state => AccountRules.Update(state, "anna", user => user with { SecureToken = true }));
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Contains("old-password-unlocks", bench.Warnings);
    }

    [Fact]
    public async Task The_setting_leaves_the_account_to_the_agent_which_is_waited_for()
    {
        await using var bench = await MacBench.StartAsync(settings: settings => settings["account"] = "agent");
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal("made-by-agent", bench.Left("create-account"));
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Line.StartsWith("sysadminctl -addUser", StringComparison.Ordinal));
        Assert.True(bench.Mac.State.Find("anna") is { Managed: true, SecureToken: true });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_organizations_picture_is_used_where_it_is(bool there)
    {
        const string Picture = "/Library/User Pictures/company.png";
        await using var bench = await MacBench.StartAsync(settings: settings => settings["accountPicture"] = Picture);
        if (there)
        {
            UnixFile.Write(bench.Mac.PathOf(Picture), "png", UnixFile.ReadableByAll);
        }

        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal(there, bench.Mac.Journal.Calls.Any(call => call.Line.Contains($"-picture {Picture}", StringComparison.Ordinal)));
        Assert.Equal(!there, bench.Warnings.Contains("picture-missing"));
    }

    private static void AddStranger(MacBench bench) =>
        bench.Mac.Change(state => AccountRules.Add(state, new NewAccount("anna", "Anna Old", PasswordDigest.Of("old"), Admin: false)));
}
