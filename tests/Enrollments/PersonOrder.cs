using Prestage.Functions.Enrollments;
using Prestage.Simulators.JumpCloud;
using Prestage.Simulators.Sandbox;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Enrollments;

/// <summary>
/// One random order of two Macs, one person and IT. After each step the claims of docs/threats.md about a person's password and Macs are
/// compared with what the directory has.
/// </summary>
internal sealed class PersonOrder : IDisposable
{
    private readonly Backend backend;
    private readonly StorageProxy proxy;
    private readonly Seeded random;
    private readonly PortalClient portal;
    private readonly TenantUser person;
    private readonly OrderedMac[] macs;
    private readonly List<string> steps = [];

    // Who set the password that the person has: null is nobody, and "IT" is not one of ours.
    private string? setBy;
    private int passwords;

    public PersonOrder(Backend backend, StorageProxy proxy, ulong seed)
    {
        (this.backend, this.proxy, random, portal) = (backend, proxy, new(seed), new(backend));
        person = backend.AddPerson(People.New($"p{seed:x}"));
        macs = [new("A", new(backend)), new("B", new(backend))];
    }

    /// <summary>What was done, one word a step.</summary>
    public string Steps => string.Join(", ", steps);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TenantUser Now => backend.JumpCloud.Tenant.Now.Users[person.Id].User;

    /// <summary>Whether the person may not enroll, whatever the password.</summary>
    private bool IsBarred => Now.Suspended || Now.Admin is not null;

    /// <summary>Does so many steps, and ends what is open.</summary>
    public async Task RunAsync(int count)
    {
        for (var step = 0; step < count; step++)
        {
            await StepAsync(macs[random.Next(2)]);
        }

        await CheckHistoriesAsync();

        foreach (var mac in macs)
        {
            await EndAsync(mac, "release", $"devices/{mac.Wire.SystemId}/release");
        }
    }

    public void Dispose()
    {
        foreach (var mac in macs)
        {
            mac.Wire.Dispose();
        }
    }

    // What the Macs do comes up more often than what IT does, and mostly in its order.
    private Task StepAsync(OrderedMac mac) => random.Next(26) switch
    {
        < 9 => GoOnAsync(mac),
        < 11 => VerifyAsync(mac),
        < 13 => ActivateAsync(mac, random.Next(5)),
        13 => AssociateAsync(mac, dies: random.Next(4) == 0),
        14 => CompleteAsync(mac),
        < 17 => BothActivateAsync(),
        17 => DoAsync("suspend or back", () => Change(Suspended)),
        18 => DoAsync("administrator or back", () => Change(Administrator)),
        19 => GivePasswordAsync(),
        20 => DoAsync("bind elsewhere", () => backend.Change(person.Id, "bound-elsewhere")),
        21 => EndAsync(mac, "cancel", mac.Enrollment is { } id ? $"enrollments/{id}/cancel" : null),
        22 => EndAsync(mac, "release", $"devices/{mac.Wire.SystemId}/release"),
        23 => ReconcileAsync(TimeSpan.FromHours(25), "expire"),
        24 => ReconcileAsync(TimeSpan.FromMinutes(5), "reconcile"),
        _ => TokenAsync(mac),
    };

    // The Mac's next call.
    private async Task GoOnAsync(OrderedMac mac)
    {
        var row = await FindAsync(mac);
        await (row is null ? VerifyAsync(mac) : EnrollmentMoves.Next(row.State, row.PasswordRequired) switch
        {
            NextStep.Activate => ActivateAsync(mac, random.Next(5)),
            NextStep.Associate => AssociateAsync(mac, dies: random.Next(4) == 0),
            NextStep.Complete or NextStep.Wait => CompleteAsync(mac),
            _ => VerifyAsync(mac),
        });
    }

    private static TenantUser Suspended(TenantUser user) =>
        user with { Suspended = !user.Suspended, State = user.Suspended ? "ACTIVATED" : "SUSPENDED" };

    private static TenantUser Administrator(TenantUser user) =>
        user with { Admin = user.Admin is null ? new AdminRole("5f0000000000000000000001") : null };

    private async Task VerifyAsync(OrderedMac mac)
    {
        var reply = await mac.Wire.VerifyAsync(person.Email, person.EmployeeIdentifier);
        Told($"{mac.Name} verifies", reply);
        if ((int)reply.Status == 200)
        {
            mac.Enrollment = EnrollmentId.Parse(reply.Text("enrollmentId")!);
            Claim(!IsBarred, "who is suspended or an administrator is not verified");
            var isAsked = reply.Text("state") is "verified" or "activated" && reply.Text("passwordRequired") == "true";
            Claim(!isAsked || MayBeSetBy(mac), "a password is required only of who has none of somebody else");
        }
    }

    private async Task TokenAsync(OrderedMac mac) => Told($"{mac.Name} renews its token", await mac.Wire.RenewTokenAsync());

    private async Task ActivateAsync(OrderedMac mac, int how)
    {
        if (mac.Wire.Token is null)
        {
            return;
        }

        var (before, mayBe) = (Now, !IsBarred && MayBeSetBy(mac) && !IsBoundBeside(mac));
        var password = how == 0 && mac.Password is { } last ? last : NextPassword();
        mac.Password = password;
        var reply = how switch
        {
            1 => await LoseAsync("PUT", "/api/systemusers/*", () => mac.Wire.ActivateAsync(password)),
            2 => await backend.DieAfterAsync(proxy, "PUT", "/api/systemusers/*", () => mac.Wire.ActivateAsync(password)),
            _ => await mac.Wire.ActivateAsync(password),
        };
        Told($"{mac.Name} activates{(how switch { 1 => ", the answer is lost", 2 => ", and dies", _ => "" })}", reply);
        Claim(mayBe || Now.Passwords.Count == before.Passwords.Count, "the password of who may not have one by this Mac stays");
        Claim((int)reply.Status != 200 || Has(password), "what was answered 200 is the person's password");
        if (Now.Passwords.Count > before.Passwords.Count)
        {
            setBy = $"{mac.Enrollment}";
        }

        if ((int)reply.Status == 200)
        {
            await OnlyOneAsync(mac);
        }
    }

    private async Task BothActivateAsync()
    {
        if (macs.Any(mac => mac.Wire.Token is null))
        {
            return;
        }

        var before = Now;
        var typed = macs.Select(_ => NextPassword()).ToArray();
        var mayBe = macs.Select(mac => !IsBarred && MayBeSetBy(mac) && !IsBoundBeside(mac)).ToArray();
        var replies = await Task.WhenAll(macs.Select((mac, at) => mac.Wire.ActivateAsync(typed[at])));
        Told("both activate", replies);
        Claim(Now.Passwords.Count <= before.Passwords.Count + 1, "of two at once at most one sets a password");
        for (var at = 0; at < macs.Length; at++)
        {
            macs[at].Password = typed[at];
            var isThere = Now.Passwords.Count > before.Passwords.Count && Has(typed[at]);
            Claim(!isThere || mayBe[at], "the password of who may not have one by this Mac stays");
            Claim((int)replies[at].Status != 200 || isThere, "what was answered 200 is the person's password");
            setBy = isThere ? $"{macs[at].Enrollment}" : setBy;
        }
    }

    private async Task AssociateAsync(OrderedMac mac, bool dies)
    {
        if (mac.Wire.Token is null)
        {
            return;
        }

        var wasBound = backend.Bindings(mac.Wire).Any(binding => binding.UserId == person.Id);
        var row = await FindAsync(mac);
        var mayBe = !IsBarred && (row is not { PasswordRequired: true } || MayBeSetBy(mac));
        var reply = dies
            ? await backend.DieAfterAsync(proxy, "POST", "/api/v2/systems/*/associations", mac.Wire.AssociateAsync)
            : await mac.Wire.AssociateAsync();
        Told($"{mac.Name} associates{(dies ? ", and dies" : "")}", reply);
        var isBound = backend.Bindings(mac.Wire).Any(binding => binding.UserId == person.Id);
        Claim(mayBe || wasBound || !isBound, "who may not enroll is not bound");
        Claim((int)reply.Status != 200 || isBound, "who was answered 200 is bound");
    }

    private async Task CompleteAsync(OrderedMac mac)
    {
        if (mac.Wire.Token is null || (int)(await mac.Wire.CompleteAsync()).Status != 202
            || await backend.TakeMessageAsync() is not { } message)
        {
            return;
        }

        var row = (await FindAsync(mac))!;
        backend.ShowManaged(mac.Wire, row.Account.Username);
        var mayBe = !IsBarred && (!row.PasswordRequired || MayBeSetBy(mac));
        await backend.FinishAsync(message, 1);
        var state = (await FindAsync(mac))!.State;
        steps.Add($"{mac.Name} completes: {state}");
        var isNew = state == EnrollmentState.Completed && row.State != EnrollmentState.Completed;
        Claim(mayBe || !isNew, "who may not enroll any more is not finished");
    }

    // Some time after the last call: within a minute of one whose answer was lost, nobody can tell whose password is there.
    private Task GivePasswordAsync() => DoAsync("IT gives a password", () =>
    {
        backend.Clock.Advance(TimeSpan.FromMinutes(2));
        backend.GivePassword(person.Id, NextPassword());
        setBy = "IT";
    });

    private Task DoAsync(string what, Action change)
    {
        change();
        steps.Add(what);
        return Task.CompletedTask;
    }

    private void Change(Func<TenantUser, TenantUser> change) => backend.JumpCloud.Tenant.UpdateUser(person.Id, change);

    private async Task EndAsync(OrderedMac mac, string what, string? path)
    {
        if (path is not null)
        {
            Told($"IT: {what} {mac.Name}", await portal.PostAsync(path));
        }
    }

    private async Task ReconcileAsync(TimeSpan later, string what)
    {
        backend.Clock.Advance(later);
        Assert.True(await backend.ReconcileAsync());
        steps.Add(what);
        foreach (var mac in macs)
        {
            var row = await FindAsync(mac);
            Claim(
                row is null || EnrollmentMoves.IsOpen(row.State) || !backend.GroupsOf(mac.Wire).Contains(Backend.EnrollmentGroupName),
                "a Mac whose enrollment has ended is not in the enrollment group");
        }
    }

    private async Task<Reply> LoseAsync(string method, string path, Func<Task<Reply>> call)
    {
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.LostReply, Method = method, Path = path, Times = 1 });
        var reply = await call();
        backend.JumpCloud.Faults.Clear();
        return reply;
    }

    // Nobody has set a password, or this Mac's present enrollment has.
    private bool MayBeSetBy(OrderedMac mac) => !Now.Activated || (setBy is not null && setBy == $"{mac.Enrollment}");

    private bool IsBoundBeside(OrderedMac mac) => backend.JumpCloud.Tenant.Now.Systems.Values.Any(
        row => row.System.Id != mac.Wire.SystemId && row.Bindings.ContainsKey(person.Id));

    private async Task OnlyOneAsync(OrderedMac winner)
    {
        var other = await FindAsync(macs.Single(mac => mac != winner));
        Claim(
            other is not { PasswordRequired: true } || !EnrollmentMoves.IsBeforeBinding(other.State),
            "at most one enrollment of a person can still set a password");
    }

    private async Task CheckHistoriesAsync()
    {
        foreach (var mac in macs)
        {
            var page = mac.Enrollment is { } id ? await portal.GetAsync($"enrollments/{id}") : null;
            Claim(page is null || page.Text("chain") is null or "intact", $"the history of {mac.Name} is intact: {page?.Text("chain")}");
        }
    }

    private async Task<EnrollmentRow?> FindAsync(OrderedMac mac) => await backend.Get<EnrollmentRows>().FindAsync(mac.Enrollment, Cancel);

    private bool Has(string password) => backend.JumpCloud.Tenant.CheckPassword(person.Id, password);

    private string NextPassword() => $"Order-Horse-{++passwords}-battery";

    private void Told(string what, params Reply[] replies) =>
        steps.Add($"{what}: {string.Join(" and ", replies.Select(Said))}");

    private static string Said(Reply reply) => reply.Code ?? $"{(int)reply.Status} {(reply.Body.Length > 0 ? reply.Text("state") : null)}";

    private static void Claim(bool isTrue, string claim) => Assert.True(isTrue, claim);
}
