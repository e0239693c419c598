using Prestage.Functions.Enrollments;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Portal;

/// <summary>What may happen to one enrollment at the same time.</summary>
public enum RacingAction
{
    Release,
    Retry,
    Cancel,
    ReleaseAttempts,
    CreatePasscode,
    Complete,
    Associate,
    Report,
    Finish,
    PoisonMessage,
    Reconcile,
}

/// <summary>A Mac with its enrollment, brought to where two actions meet, and what must hold when both have been answered.</summary>
internal sealed class RaceScene(Backend backend, WireMac mac, TenantUser person, string id) : IDisposable
{
    private readonly PortalClient portal = new(backend);
    private readonly Dictionary<RacingAction, int> acted = [];
    private string? message;

    /// <summary>A new Mac and person, in the state that the two actions need.</summary>
    public static async Task<RaceScene> CreateAsync(Backend backend, RacingAction first, RacingAction second)
    {
        var mac = new WireMac(backend);
        var person = backend.AddPerson(People.New($"p{Guid.NewGuid():N}"[..16]));
        if (first == RacingAction.ReleaseAttempts || second == RacingAction.ReleaseAttempts)
        {
            (await mac.VerifyAsync("nobody@example.com", "wrong")).IsProblem(403, "not-verified");
        }

        var passcode = await new PortalClient(backend).PasscodeAsync(new { userId = person.Id });
        (await mac.VerifyAsync(person.Email, passcode)).IsOk();
        (await mac.ActivateAsync(People.Password)).IsOk();
        var scene = new RaceScene(backend, mac, person, mac.Token!.Split('.')[0]);
        await scene.AdvanceAsync(first, second);
        return scene;
    }

    /// <summary>Acts, and keeps whether the answer said that it did.</summary>
    public async Task<string> ActAsync(RacingAction action)
    {
        var answer = action switch
        {
            RacingAction.Release => Answer(await portal.PostAsync($"devices/{mac.SystemId}/release")),
            RacingAction.Retry => Answer(await portal.PostAsync($"enrollments/{id}/retry")),
            RacingAction.Cancel => Answer(await portal.PostAsync($"enrollments/{id}/cancel")),
            RacingAction.ReleaseAttempts => Answer(await portal.PostAsync("attempts/release", new { systemId = mac.SystemId })),
            RacingAction.CreatePasscode => await CreatePasscodeAsync(),
            RacingAction.Complete => Answer(await mac.CompleteAsync()),
            RacingAction.Associate => Answer(await mac.AssociateAsync()),
            RacingAction.Report => Answer(await mac.WithTokenAsync("/api/report", new { level = "info", step = "s", code = "told", message = "m" })),
            RacingAction.Finish => await DeliverAsync(text => backend.FinishAsync(text, 1)),
            RacingAction.PoisonMessage => await DeliverAsync(backend.PoisonAsync),
            _ => await ReconcileAsync(),
        };
        if (answer is ['2', ..])
        {
            acted[action] = acted.GetValueOrDefault(action) + 1;
        }

        return answer;
    }

    /// <summary>The enrollment's state now, as an operator sees it.</summary>
    public async Task<string?> StateAsync() => (await portal.GetAsync($"enrollments/{id}")).IsOk().Text("state");

    /// <summary>One consistent end, an event for each that acted, and an honest answer for each that did not.</summary>
    public async Task CheckAsync()
    {
        var page = (await portal.GetAsync($"enrollments/{id}")).IsOk();
        var (state, codes) = (page.Text("state")!, Codes(page));
        Assert.Equal("intact", page.Text("chain"));
        Assert.Equal(Acted(RacingAction.Retry), codes.Count(code => code == "retried"));
        Assert.Equal(Acted(RacingAction.Report), codes.Count(code => code == "told"));
        var device = (await portal.GetAsync($"devices/{mac.SystemId}?actor=operator")).IsOk();
        Assert.Equal(Acted(RacingAction.ReleaseAttempts), Codes(device).Count(code => code == "attempts-released"));
        Assert.Equal(Acted(RacingAction.Release), Codes(device).Count(code => code == "released"));
        var passcodes = (await portal.GetAsync($"passcodes/{person.Id}")).IsOk();
        Assert.Equal(1 + Acted(RacingAction.CreatePasscode), Codes(passcodes).Count);

        if (Acted(RacingAction.Release) > 0)
        {
            Assert.Contains("released", codes);
            Assert.Contains(state, new[] { "cancelled", "completed" });
            (await portal.PostAsync($"enrollments/{id}/retry")).IsProblem(409, "wrong-state");
        }

        if (Acted(RacingAction.Cancel) > 0)
        {
            Assert.Equal("cancelled", state);
        }

        if (state == "cancelled")
        {
            Assert.Contains(codes, code => code is "cancelled" or "released");
        }

        if (Acted(RacingAction.Complete) > 0)
        {
            Assert.Contains("finishing", codes);
        }

        Assert.Equal(codes.Count(code => code is "finishing" or "retried" or "finish-requeued").ToString(), page.Text("attempt"));
        await CheckStoredAsync(state);
    }

    public void Dispose() => mac.Dispose();

    // Whatever lies in the queue ends what is finishing, and changes nothing else.
    private async Task CheckStoredAsync(string state)
    {
        var watched = backend.Get<EnrollmentRows>().ListOpenAsync(TestContext.Current.CancellationToken);
        Assert.True(
            state is not ("activated" or "associating" or "associated" or "finishing") || await watched.AnyAsync(mark => mark.Id == EnrollmentId.Parse(id)),
            $"The timer does not see the enrollment, which is {state}.");
        while (await backend.TakeMessageAsync() is { } text)
        {
            await backend.FinishAsync(text, 1);
        }

        var after = (await portal.GetAsync($"enrollments/{id}")).IsOk().Text("state");
        Assert.Equal(state == "finishing" ? "completed" : state, after);

        // Nothing of this scene is left for the timer of the next one.
        (await portal.PostAsync($"devices/{mac.SystemId}/release")).IsOk();
    }

    private int Acted(RacingAction action) => acted.GetValueOrDefault(action);

    private async Task AdvanceAsync(RacingAction first, RacingAction second)
    {
        bool Has(params RacingAction[] actions) => actions.Contains(first) || actions.Contains(second);
        var isFinishing = Has(RacingAction.Finish, RacingAction.PoisonMessage, RacingAction.Reconcile);
        if (Has(RacingAction.Associate))
        {
            return;
        }

        (await mac.AssociateAsync()).IsOk();
        backend.ShowManaged(mac, person.Username);
        if (Has(RacingAction.Complete) || !(isFinishing || Has(RacingAction.Retry)))
        {
            return;
        }

        (await mac.CompleteAsync()).IsOk(202);
        message = await backend.TakeMessageAsync();
        if (!isFinishing && !Has(RacingAction.Cancel))
        {
            await backend.PoisonAsync(message!);
            Assert.Equal("failed", (await mac.EnrollmentAsync()).Text("state"));
        }
    }

    private async Task<string> CreatePasscodeAsync()
    {
        await portal.PasscodeAsync(new { userId = person.Id });
        return "201";
    }

    private async Task<string> DeliverAsync(Func<string, Task<bool>> deliver) => StatusOf(await deliver(message!));

    private async Task<string> ReconcileAsync()
    {
        backend.Clock.Advance(TimeSpan.FromMinutes(11));
        return StatusOf(await backend.ReconcileAsync());
    }

    // A run has no status of its own.
    private static string StatusOf(bool hasSucceeded) => hasSucceeded ? "200" : "500";

    // Only 409 is an honest answer of who did not act: a race is nobody's failure.
    private static string Answer(Reply reply)
    {
        var status = (int)reply.Status;
        Assert.True(status is >= 200 and < 300 || (status, reply.Code) == (409, "wrong-state"), $"{status} {reply.Body}");
        return $"{status}";
    }

    private static List<string> Codes(Reply page) => [.. page.Json["events"]!.AsArray().Select(line => (string)line!["code"]!)];
}
