extern alias shim;

using Prestage.Simulators.Mac.Machine;
using shim::Prestage.Shim.Commands;
using shim::Prestage.Shim.Steps;

namespace Prestage.Tests.Faults;

/// <summary>What a run came to, and what is not as it must be.</summary>
internal sealed class Verdict
{
    private readonly FaultWorld world;
    private readonly string output;
    private readonly List<string> wrong = [];

    private Verdict(FaultWorld world) => (this.world, output) = (world, world.Output.ToString());

    public IReadOnlyList<string> Wrong => wrong;

    private bool Admin => world.Service.Account.Admin;

    private MacState State => world.Mac.State;

    private MacUser? Anna => State.Find("anna");

    private MacUser? Bea => State.Find("bea");

    private MacUser? Enroll => State.Find("enroll");

    /// <summary>After something that passed: everything is done in the end.</summary>
    public static Verdict OfPassing(FaultWorld world, ExitCode? code)
    {
        var verdict = new Verdict(world);
        verdict.CheckSafety();
        verdict.Expect(code == ExitCode.Done, $"it ended with {code?.ToString() ?? "nothing"}");
        verdict.CheckEnrolled();
        verdict.CheckTold(RunLog.Read(verdict.output));
        return verdict;
    }

    /// <summary>While something lasts: everything is done, or the Mac can be used, and both the person and IT know that it stopped, or waits.</summary>
    public static Verdict OfLasting(FaultWorld world, ExitCode? code)
    {
        if (code == ExitCode.Done)
        {
            return OfPassing(world, code);
        }

        var verdict = new Verdict(world);
        var log = RunLog.Read(verdict.output);
        verdict.CheckSafety();
        verdict.Expect(world.Receipt is null, "there is a receipt, and it did not end with 0");
        verdict.Expect(code is null or ExitCode.NotRoot || log.Stops.Count > 0, $"it ended with {code} and no word of why");
        verdict.Expect(code is not null || log.Waits, "it waits, and nobody is told");
        foreach (var stop in log.Stops)
        {
            verdict.Expect(stop.SupportCode == AllSteps.InOrder.Single(step => step.Name == stop.Step).SupportCode, $"the person is told {stop.SupportCode ?? "nothing"} of the stop at {stop.Step}");
        }

        return verdict;
    }

    private void CheckEnrolled()
    {
        var receipt = world.Receipt;
        Expect(receipt is not null, "there is no receipt");
        Expect((string?)receipt?["outcome"] == "completed", $"the receipt says {receipt?["outcome"]}");
        Expect(Anna is { Enabled: true, Managed: true } && State.IsAdmin("anna") == Admin, "the person's account is not managed, or not with the rights it should have");
        Expect(Anna?.Password?.Matches(FaultWorld.Password) == true, "the account has another password");
        Expect(Anna is { CryptoPasswordStale: false }, "the disk knows another password than the login");
        Expect(Anna?.SecureToken == (bool?)receipt?["secureToken"] || HasWarning("secure-token"), "the receipt is wrong about the Secure Token, and nobody is told");
        Expect(world.Tenant.Now.Systems.Values.ToList() is [{ Bindings.Count: 1 }], "there is not one system with one binding");
        Expect(world.Service.Password == (world.Service.PasswordRequired ? FaultWorld.Password : null), "the directory has another password");
        Expect(Enroll is null || Enroll.IsHidden || HasWarning("enrollment-user-visible"), "the enrollment user is to be seen");
        Expect(Enroll is null || HasWarning("enrollment-user-kept:"), "the enrollment user is kept and nobody is told why");
        Expect(
            Bea is null or { Enabled: false, IsHidden: true } || HasWarning("account-left-over"),
            "the superseded person's account can be used, without a warning");
        Expect(!File.Exists(world.Mac.PathOf("/opt/jc/agentBootstrap.json")), "the connect key is left");
        Expect(!File.Exists(world.PathOf("token")), "the token is left");
        Expect(!File.Exists(world.PathOf("secure-token-admin")), "the lent administrator's password is left");
    }

    // Whatever happens: somebody administers the Mac and can unlock its disk, no account is half there, and no secret lies about.
    private void CheckSafety()
    {
        Expect(State.People.Any(user => user.Enabled && State.IsAdmin(user.ShortName)), "nobody administers the Mac any more");
        Expect(State.People.Any(user => user is { Enabled: true, SecureToken: true }), "nobody holds a Secure Token any more");
        Expect(Enroll is not null || (Anna is { SecureToken: true } && State.IsAdmin("anna")), "the enrollment user is gone before the person can do without");
        Expect(State.People.All(user => user.ShortName is "anna" or "enroll" || (world.Supersedes && user.ShortName is "bea")), "there are other accounts");
        Expect(!world.Supersedes || Bea is not null && world.Mac.Files.HasHome(Bea), "the superseded person's files are gone");
        Expect(Enroll is null || world.Mac.Files.HasHome(Enroll) || HasWarning("enrollment-user-kept:"), "the enrollment user is half there and nobody is told");
        Expect(Enroll is not null || !Directory.Exists(world.Mac.PathOf("/Users/enroll")) || HasWarning("enrollment-user-left-over:home"), "the enrollment user's home is left");
        Expect(Anna is null || world.Mac.Files.HasHome(Anna) || HasWarning("home-missing"), "the person's account has no home");
        Expect(world.Mac.Journal.PasswordsOnArgv.Count == 0, "a password was among arguments");
        var written = Directory.EnumerateFiles(world.Mac.Root, "*", SearchOption.AllDirectories)
            .Where(file => file != world.PathOf("lock")).Select(File.ReadAllText);
        Expect(written.Append(output).All(text => !text.Contains(FaultWorld.Password, StringComparison.Ordinal)), "the password is written somewhere");
    }

    // Whatever stopped it, and whatever was odd, has reached IT in the end.
    private void CheckTold(RunLog log)
    {
        foreach (var (step, code) in log.Stops.Select(stop => (stop.Step, stop.Cause)).Concat(log.Warnings).Distinct())
        {
            Expect(world.Service.Reports.Any(report => report.Step == step && report.Code == code), $"IT was not told of {code} at {step}");
        }
    }

    private bool HasWarning(string prefix) => RunLog.Read(output).Warnings.Any(warning => warning.Code.StartsWith(prefix, StringComparison.Ordinal));

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            wrong.Add(otherwise);
        }
    }
}
