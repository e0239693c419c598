extern alias shim;

using Prestage.Simulators.Mac.Machine;
using shim::Prestage.Shim.Commands;

namespace Prestage.Tests.Faults;

/// <summary>What a run came to, and what is not as it must be.</summary>
internal sealed class Verdict
{
    private readonly FaultWorld world;
    private readonly string output;
    private readonly List<string> wrong = [];

    private Verdict(FaultWorld world) => (this.world, output) = (world, world.Output.ToString());

    public IReadOnlyList<string> Wrong => wrong;

    private MacState State => world.Mac.State;

    private MacUser? Anna => State.Find("anna");

    private MacUser? Enroll => State.Find("enroll");

    /// <summary>After something that passed: everything is done in the end.</summary>
    public static Verdict OfPassing(FaultWorld world, ExitCode? code)
    {
        var verdict = new Verdict(world);
        verdict.CheckSafety();
        verdict.Expect(code == ExitCode.Done, $"it ended with {code?.ToString() ?? "nothing"}");
        verdict.CheckEnrolled();
        return verdict;
    }

    private void CheckEnrolled()
    {
        var receipt = world.Receipt;
        Expect(receipt is not null, "there is no receipt");
        Expect((string?)receipt?["outcome"] == "completed", $"the receipt says {receipt?["outcome"]}");
        Expect(Anna is { Enabled: true, Managed: true } && State.IsAdmin("anna"), "the person's account is not the managed administrator it should be");
        Expect(Anna?.Password?.Matches(FaultWorld.Password) == true, "the account has another password");
        Expect(Anna is { CryptoPasswordStale: false }, "the disk knows another password than the login");
        Expect(Anna?.SecureToken == (bool?)receipt?["secureToken"] || HasWarning("secure-token"), "the receipt is wrong about the Secure Token, and nobody is told");
        Expect(world.Tenant.Now.Systems.Values.ToList() is [{ Bindings.Count: 1 }], "there is not one system with one binding");
        Expect(world.Service.Password == FaultWorld.Password, "the directory has another password");
        Expect(Enroll is null || Enroll.IsHidden || HasWarning("enrollment-user-visible"), "the enrollment user is to be seen");
        Expect(Enroll is null || HasWarning("enrollment-user-kept:"), "the enrollment user is kept and nobody is told why");
        Expect(!File.Exists(world.Mac.PathOf("/opt/jc/agentBootstrap.json")), "the connect key is left");
        Expect(!File.Exists(world.PathOf("token")), "the token is left");
    }

    // Whatever happens: somebody administers the Mac and can unlock its disk, no account is half there, and no secret lies about.
    private void CheckSafety()
    {
        Expect(State.People.Any(user => user.Enabled && State.IsAdmin(user.ShortName)), "nobody administers the Mac any more");
        Expect(State.People.Any(user => user is { Enabled: true, SecureToken: true }), "nobody holds a Secure Token any more");
        Expect(Enroll is not null || (Anna is { SecureToken: true } && State.IsAdmin("anna")), "the enrollment user is gone before the person can do without");
        Expect(State.People.All(user => user.ShortName is "anna" or "enroll"), "there are other accounts");
        Expect(Enroll is null || world.Mac.Files.HasHome(Enroll) || HasWarning("enrollment-user-kept:"), "the enrollment user is half there and nobody is told");
        Expect(Enroll is not null || !Directory.Exists(world.Mac.PathOf("/Users/enroll")), "the enrollment user's home is left");
        Expect(Anna is null || world.Mac.Files.HasHome(Anna) || HasWarning("home-missing"), "the person's account has no home");
        Expect(world.Mac.Journal.PasswordsOnArgv.Count == 0, "a password was among arguments");
        var written = Directory.EnumerateFiles(world.Mac.Root, "*", SearchOption.AllDirectories).Select(File.ReadAllText);
        Expect(written.Append(output).All(text => !text.Contains(FaultWorld.Password, StringComparison.Ordinal)), "the password is written somewhere");
    }

    private bool HasWarning(string code) => output.Contains($" {code}", StringComparison.Ordinal);

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            wrong.Add(otherwise);
        }
    }
}
