extern alias shim;

using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Prestage.Tests.Support;
using Refit;
using shim::Prestage.Shim.Backend;
using shim::Prestage.Wire;
using Xunit;
using ShimSecret = shim::Prestage.Secret;
using State = shim::Prestage.EnrollmentState;

namespace Prestage.Tests.Shim;

/// <summary>Calls to the service over real HTTP, with proofs that are checked.</summary>
public sealed class EnrollmentBackendTests : IAsyncLifetime
{
    private static readonly VerifyRequest Anna = new(null, "C02X", "anna@example.com", new ShimSecret("E-17"), "26.1", "0.1.0");
    private ShimHarness shim = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        shim = await ShimHarness.StartAsync();
        shim.Register();
    }

    [Fact]
    public async Task A_proof_over_method_path_and_body_is_accepted_and_the_token_kept()
    {
        var answer = await shim.Backend.VerifyAsync(Anna, Cancel);
        Assert.Equal("anna", answer.Account.Username);
        Assert.Equal(shim.Service.Token, shim.Context.State.ReadToken()!.Reveal());
    }

    [Fact]
    public async Task Each_try_has_a_nonce_and_a_signature_of_its_own()
    {
        await shim.Backend.VerifyAsync(Anna, Cancel);
        await shim.Backend.VerifyAsync(Anna, Cancel);
        Assert.Equal(2, shim.Service.Calls.Select(call => call.Authorization).Distinct().Count());
        Assert.Equal(2, shim.Service.Calls.Select(call => Encoding.UTF8.GetString(call.Body)).Distinct().Count());
    }

    [Fact]
    public async Task A_connection_that_is_reset_as_it_opens_may_be_tried_again()
    {
        using var stub = new StubHandler(_ => throw new SocketException((int)SocketError.NotConnected));
        using var client = new BackendClient(new("http://127.0.0.1"), stub, owned: false, new ServiceClock(TimeProvider.System), TimeProvider.System);

        var failed = await Assert.ThrowsAsync<BackendException>(() => BackendAnswers.ReadAsync(client.Api.GetHealthAsync(Cancel)));

        Assert.True(failed.Problem.IsTransient);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(200)]
    [InlineData(0)]
    public async Task A_call_that_fails_leaves_neither_its_headers_nor_its_body_behind(int status)
    {
        const string Token = "the-token-8c1e", Password = "Geheim-2026!";
        var body = Encoding.UTF8.GetBytes($$"""{"password":"{{Password}}"}""");
        (string Bytes, string? Type, long? Length)? sent = null;
        using var stub = new StubHandler(request =>
        {
            using var content = new MemoryStream();
            request.Content!.CopyTo(content, null, Cancel);
            sent = (Encoding.UTF8.GetString(content.ToArray()), request.Content.Headers.ContentType?.ToString(), request.Content.Headers.ContentLength);
            return status == 0
                ? throw new HttpRequestException("The connection was reset.")
                : StubHandler.Answer((HttpStatusCode)status, $"{request.Headers} {sent.Value.Bytes}")(request);
        });
        using var client = new BackendClient(new("http://127.0.0.1"), stub, owned: false, new ServiceClock(TimeProvider.System), TimeProvider.System);

        using var content = new ClearedContent(body);
        var failed = await Assert.ThrowsAsync<BackendException>(() => BackendAnswers.ReadAsync(client.Api.ActivateAsync(content, Token, Cancel)));

        Assert.Equal(($$"""{"password":"{{Password}}"}""", "application/json", body.Length), sent);
        for (Exception? part = failed; part is not null; part = part.InnerException)
        {
            Assert.False(part is ApiExceptionBase);
            Assert.DoesNotContain(Token, part.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(Password, part.ToString(), StringComparison.Ordinal);
        }

        content.Dispose();
        Assert.All(body, letter => Assert.Equal(0, letter));
    }

    [Fact]
    public async Task A_clock_that_is_off_is_corrected_by_the_refusal()
    {
        shim.Service.ClockAhead = TimeSpan.FromDays(400);
        await shim.Backend.VerifyAsync(Anna, Cancel);
        Assert.Equal(2, shim.Service.Count("/api/verify"));
        Assert.InRange(shim.Context.Clock.Offset, TimeSpan.FromDays(399.9), TimeSpan.FromDays(400.1));
    }

    [Fact]
    public async Task A_dead_token_is_renewed_with_a_proof_once()
    {
        await shim.Backend.VerifyAsync(Anna, Cancel);
        shim.Service.Token = "another";
        var answer = await shim.Backend.EnrollmentAsync(Cancel);
        Assert.Equal(State.Verified, answer.State);
        Assert.Equal(1, shim.Service.Count("/api/token"));
    }

    [Theory]
    [InlineData(401, ProblemCodes.TokenInvalid)]
    [InlineData(409, ProblemCodes.WrongState)]
    public async Task A_report_that_the_token_cannot_bring_any_more_is_sent_with_a_proof(int status, string code)
    {
        await shim.Backend.VerifyAsync(Anna, Cancel);
        shim.Service.Order("/api/report", status, code);

        await shim.Backend.ReportAsync(new(null, "warning", "farewell", "enrollment-user-kept:last", "Text."), Cancel);

        Assert.Equal(2, shim.Service.Count("/api/report"));
        Assert.StartsWith("JumpCloud-System", shim.Service.Calls.Last(call => call.Path == "/api/report").Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_refused_twice_is_not_asked_for_a_third_time()
    {
        await shim.Backend.VerifyAsync(Anna, Cancel);
        shim.Service.Order("/api/enrollment", 401, ProblemCodes.TokenInvalid);
        shim.Service.Order("/api/enrollment", 401, ProblemCodes.TokenInvalid);
        var refused = await Assert.ThrowsAsync<BackendException>(() => shim.Backend.EnrollmentAsync(Cancel));
        Assert.Equal(ProblemCodes.TokenInvalid, refused.Problem.Code);
        Assert.Equal(1, shim.Service.Count("/api/token"));
    }

    [Theory]
    [InlineData(404, ProblemCodes.NotFound)]
    [InlineData(409, ProblemCodes.WrongState)]
    [InlineData(403, ProblemCodes.Forbidden)]
    public async Task An_enrollment_that_is_not_open_any_more_is_gone(int status, string code)
    {
        shim.Service.Order("/api/token", status, code);
        await Assert.ThrowsAsync<EnrollmentGoneException>(() => shim.Backend.AssociateAsync(Cancel));
    }

    [Fact]
    public async Task A_proxys_page_is_an_unavailable_service()
    {
        shim.Service.Order("/api/health", Results.Content("<html>log in first</html>", "text/html", Encoding.UTF8, 502));
        shim.Service.Order("/api/health", Results.Content("<html>welcome</html>", "text/html"));
        for (var page = 0; page < 2; page++)
        {
            var refused = await Assert.ThrowsAsync<BackendException>(() => shim.Backend.HealthAsync(Cancel));
            Assert.Equal(ProblemCodes.Unavailable, refused.Problem.Code);
            Assert.True(refused.Problem.IsTransient);
        }
    }

    [Fact]
    public async Task A_refusal_keeps_what_the_person_needs_to_know()
    {
        shim.Service.Order("/api/verify", 429, ProblemCodes.Locked, retryAfter: 900, attemptsLeft: 0);
        var refused = await Assert.ThrowsAsync<BackendException>(() => shim.Backend.VerifyAsync(Anna, Cancel));
        Assert.Equal((TimeSpan.FromMinutes(15), 0), (refused.Problem.RetryAfter, refused.Problem.AttemptsLeft));
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_a_proof()
    {
        shim.Service.Order("/api/verify", Results.Redirect("/api/health", preserveMethod: true));
        await Assert.ThrowsAsync<BackendException>(() => shim.Backend.VerifyAsync(Anna, Cancel));
        Assert.Equal(0, shim.Service.Count("/api/health"));
    }

    [Fact]
    public async Task Without_the_binding_two_proofs_are_a_second_apart()
    {
        await using var plain = await ShimHarness.StartAsync(settings => settings["proofBinding"] = false);
        plain.Service.ProofBinding = false;
        plain.Register();
        await plain.Backend.VerifyAsync(Anna, Cancel);
        await plain.Backend.VerifyAsync(Anna, Cancel);
        Assert.Equal(2, plain.Service.Count("/api/verify"));
        Assert.Equal(2, plain.Service.Calls.Select(call => call.Authorization).Distinct().Count());
    }

    [Fact]
    public async Task With_a_device_key_the_Mac_names_its_record_and_signs_nothing()
    {
        const string Key = "dk-7Yq2VbN0sXcR4mWjT9pLzKf6HuE3aGo1DiB5";
        await using var named = await ShimHarness.StartAsync(settings => settings["deviceKey"] = Key);
        named.Service.DeviceKey = Key;
        named.Register();
        await File.WriteAllTextAsync(named.Root.At("opt/jc/client.key"), "no key", Cancel);

        await named.Context.Reporter.WarnAsync("agent", "agent-restarted", "It was silent.", Cancel);
        await named.Backend.VerifyAsync(Anna, Cancel);
        await named.Backend.EnrollmentAsync(Cancel);

        Assert.All(
            named.Service.Calls.Where(call => call.Path != "/api/enrollment"),
            call => Assert.Equal(($"JumpCloud-Record keyId=\"system/{ShimHarness.SystemId}\"", Key), (call.Authorization, call.DeviceKey)));
        Assert.Equal(string.Empty, Assert.Single(named.Service.Calls, call => call.Path == "/api/enrollment").DeviceKey);
        Assert.DoesNotContain(Key, named.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_waits_until_the_Mac_can_prove_itself()
    {
        await using var fresh = await ShimHarness.StartAsync();
        await fresh.Context.Reporter.WarnAsync("agent", "agent-restarted", "It was silent.", Cancel);
        Assert.Single(fresh.Context.Journal.Current.Unsent);
        fresh.Register();
        await fresh.Context.Reporter.SendWaitingAsync(Cancel);
        Assert.Empty(fresh.Context.Journal.Current.Unsent);
        Assert.Equal("agent-restarted", Assert.Single(fresh.Service.Reports).Code);
    }

    [Fact]
    public async Task A_report_that_fails_is_kept_and_the_same_one_is_not_made_twice()
    {
        shim.Service.Order("/api/report", 503, ProblemCodes.Unavailable);
        await shim.Context.Reporter.WarnAsync("agent", "agent-restarted", "It was silent.", Cancel);
        await shim.Context.Reporter.WarnAsync("agent", "agent-restarted", "It was silent.", Cancel);
        Assert.Single(shim.Context.Journal.Current.Unsent);
    }

    [Theory]
    [InlineData(403, "forbidden", 0)]
    [InlineData(415, "unsupported-media-type", 0)]
    [InlineData(503, "unavailable", 2)]
    [InlineData(401, "proof-invalid", 2)]
    public async Task Only_a_report_that_is_refused_for_good_is_dropped(int status, string code, int waiting)
    {
        shim.Service.Order("/api/report", status, code);
        shim.Service.Order("/api/report", status, code);
        await shim.Context.Reporter.WarnAsync("agent", "first", "One.", Cancel);
        await shim.Context.Reporter.WarnAsync("agent", "second", "Two.", Cancel);
        Assert.Equal(waiting, shim.Context.Journal.Current.Unsent.Count);
    }

    public ValueTask DisposeAsync() => shim.DisposeAsync();
}
