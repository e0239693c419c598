extern alias shim;

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Prestage.Functions.Hosting;
using shim::Prestage.Wire;
using Proof = shim::Prestage.DeviceProof;
using ShimSecret = shim::Prestage.Secret;
using State = shim::Prestage.EnrollmentState;
using Step = shim::Prestage.NextStep;

namespace Prestage.Tests.Shim;

/// <summary>
/// The service as the wire promises it, for one Mac and one person, over real HTTP; it checks proofs, tokens and members by the service's own
/// rules, and fails on demand.
/// </summary>
internal sealed class FakeService : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<IResult>> orders = new();
    private readonly ConcurrentDictionary<string, bool> usedSignatures = new();
    private readonly WebApplication? app;
    private int tokens;
    private int wrongTries;
    private DateTimeOffset lockedUntil;

    private FakeService(WebApplication? app) => this.app = app;

    public ConcurrentQueue<FakeCall> Calls { get; } = new();

    public Uri Address => new(app!.Urls.Single());

    public Account Account { get; set; } = new("anna", "Anna Berg", false);

    public bool PasswordRequired { get; set; } = true;

    /// <summary>What it calls the enrollment.</summary>
    public string EnrollmentId { get; set; } = "e1";

    public State State { get; set; } = State.Verified;

    /// <summary>The end that <c>complete</c> leads to.</summary>
    public State End { get; set; } = State.Completed;

    /// <summary>What proves the person.</summary>
    public string Word { get; set; } = "E-17";

    /// <summary>Wrong words until it locks the Mac for a quarter of an hour.</summary>
    public int MostTries { get; set; } = int.MaxValue;

    /// <summary>Password that the service holds for the person.</summary>
    public string? Password { get; private set; }

    /// <summary>This machine's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How far the service's clock is ahead of this machine's.</summary>
    public TimeSpan ClockAhead { get; set; }

    /// <summary>Whether the signed read carries the binding.</summary>
    public bool ProofBinding { get; set; } = true;

    /// <summary>Where it trusts records: what all Macs show instead of a signature.</summary>
    public string? DeviceKey { get; set; }

    /// <summary>The public key of a system, as JumpCloud knows it.</summary>
    public Func<string, string?> PublicKeyOf { get; set; } = _ => null;

    /// <summary>What else happens in the directory when a call was taken.</summary>
    public Action<string> Taken { get; set; } = _ => { };

    public string? Token { get; set; }

    public ConcurrentQueue<ReportRequest> Reports { get; } = new();

    /// <param name="certificate">Asked at each handshake; without it there is no TLS.</param>
    public static async Task<FakeService> StartAsync(Func<X509Certificate2>? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(https => https.ServerCertificateSelector = (_, _) => certificate());
            }
        }));
        var app = builder.Build();
        var service = new FakeService(app);
        app.Run(service.HandleAsync);
        await app.StartAsync();
        return service;
    }

    /// <summary>The same without a server: calls are handed to <see cref="HandleAsync"/>.</summary>
    public static FakeService InProcess(TimeProvider time) => new(null) { Time = time };

    /// <summary>The next answer to that path, instead of the right one.</summary>
    public void Order(string path, IResult answer) => orders.GetOrAdd(path, _ => new()).Enqueue(answer);

    /// <summary>The next answer to that path is this problem.</summary>
    public void Order(string path, int status, string code, int? retryAfter = null, int? attemptsLeft = null, string[]? violations = null) =>
        Order(path, Problem(status, code, retryAfter, attemptsLeft, violations));

    public int Count(string path) => Calls.Count(call => call.Path == path);

    public ValueTask DisposeAsync() => app?.DisposeAsync() ?? ValueTask.CompletedTask;

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var authorization = context.Request.Headers.Authorization.ToString();
        var deviceKey = context.Request.Headers[RecordClaim.KeyHeader].ToString();
        Calls.Enqueue(new FakeCall(context.Request.Method, path, authorization, body.ToArray(), deviceKey));
        context.Response.Headers.Date = Now().ToString("r", CultureInfo.InvariantCulture);
        var answer = orders.TryGetValue(path, out var waiting) && waiting.TryDequeue(out var order)
            ? order
            : DeviceKey is not null && authorization.StartsWith(RecordClaim.Scheme, StringComparison.Ordinal)
                ? AnswerToRecord(path, authorization, deviceKey, body.ToArray())
                : Answer(context.Request.Method, path, authorization, body.ToArray());
        await answer.ExecuteAsync(context);
    }

    private IResult Answer(string method, string path, string authorization, byte[] body) => $"{method} {path}" switch
    {
        "GET /api/health" => Json(new HealthResponse("ok", "test"), WireJson.Default.HealthResponse),
        "POST /api/verify" => Refusal(authorization, method, path, body) ?? Verify(Read(body, WireJson.Default.VerifyRequest)),
        "POST /api/token" => Refusal(authorization, method, path, body) ?? Json(
            new TokenResponse(EnrollmentId, NewToken(), Now().AddHours(2), State, Account, PasswordRequired), WireJson.Default.TokenResponse),
        "POST /api/report" => (authorization == $"Bearer {Token}" ? null : Refusal(authorization, method, path, body)) ?? Report(body),
        _ when authorization != $"Bearer {Token}" => Problem(401, ProblemCodes.TokenInvalid),
        "POST /api/activate" => Activate(Read(body, WireJson.Default.ActivateRequest)),
        "POST /api/associate" => Associate(),
        "POST /api/complete" => Complete(Read(body, WireJson.Default.CompleteRequest)),
        "GET /api/enrollment" => Json(
            new EnrollmentResponse(EnrollmentId, State, Next(), Account, [], Now()), WireJson.Default.EnrollmentResponse),
        _ => Problem(404, ProblemCodes.NotFound),
    };

    private IResult AnswerToRecord(string path, string authorization, string deviceKey, byte[] body) => path switch
    {
        "/api/token" => Problem(403, ProblemCodes.Forbidden),
        _ when !RecordClaim.TryParse(authorization, out var claim) || PublicKeyOf(claim.SystemId) is null || deviceKey != DeviceKey =>
            Problem(401, ProblemCodes.ProofInvalid),
        "/api/verify" => Verify(Read(body, WireJson.Default.VerifyRequest)),
        "/api/report" => Report(body),
        _ => Problem(401, ProblemCodes.TokenInvalid),
    };

    private IResult Verify(VerifyRequest request)
    {
        if ((Fields.Text("serialNumber", request.SerialNumber, 64) ?? Fields.Text("identifier", request.Identifier, 256)
            ?? Fields.OptionalText("osVersion", request.OsVersion, 64) ?? Fields.OptionalText("shimVersion", request.ShimVersion, 64)) is { } invalid)
        {
            return invalid;
        }

        if (Now() < lockedUntil)
        {
            return Problem(429, ProblemCodes.Locked, retryAfter: (int)Math.Ceiling((lockedUntil - Now()).TotalSeconds));
        }

        if (request.Identifier != "anna@example.com" || request.Secret?.Reveal() != Word)
        {
            lockedUntil = ++wrongTries % MostTries == 0 ? Now() + TimeSpan.FromMinutes(15) : lockedUntil;
            return Problem(403, ProblemCodes.NotVerified, attemptsLeft: 4);
        }

        var policy = new PasswordPolicy(8, true, true, true, false, true);
        return Json(
            new VerifyResponse(EnrollmentId, NewToken(), Now().AddHours(2), State, Account, PasswordRequired, PasswordRequired ? policy : null),
            WireJson.Default.VerifyResponse);
    }

    private IResult Activate(ActivateRequest request)
    {
        if (State is not (State.Verified or State.Activated))
        {
            return Problem(409, ProblemCodes.WrongState);
        }

        Password = request.Password!.Reveal();
        Taken("/api/activate");
        return Json(new ActivateResponse(State = State.Activated), WireJson.Default.ActivateResponse);
    }

    private IResult Associate()
    {
        if (State is State.Verified && PasswordRequired)
        {
            return Problem(409, ProblemCodes.WrongState);
        }

        Taken("/api/associate");
        return Json(new AssociateResponse(State = State.Associated, Account), WireJson.Default.AssociateResponse);
    }

    private IResult Complete(CompleteRequest request)
    {
        if (request.Steps!.Select(step => Fields.Code("steps", step.Name)).FirstOrDefault(problem => problem is not null) is { } invalid)
        {
            return invalid;
        }

        var answer = Json(new CompleteResponse(State.Finishing), WireJson.Default.CompleteResponse, 202);
        State = End;
        return answer;
    }

    private IResult Report(byte[] body)
    {
        var report = Read(body, WireJson.Default.ReportRequest);
        if ((Fields.Code("step", report.Step) ?? Fields.Code("code", report.Code, colons: true) ?? Fields.Text("message", report.Message, 1000)) is { } invalid)
        {
            return invalid;
        }

        Reports.Enqueue(report);
        return Results.NoContent();
    }

    private IResult? Refusal(string authorization, string method, string path, byte[] body)
    {
        if (DeviceKey is not null || !Proof.TryParse(authorization, out var proof) || PublicKeyOf(proof.SystemId) is not { } publicKey)
        {
            return Problem(401, ProblemCodes.ProofMissing);
        }

        if ((proof.SignedAt() - Now()).Duration() > TimeSpan.FromMinutes(5))
        {
            return Problem(401, ProblemCodes.ProofStale);
        }

        using var key = RSA.Create();
        key.ImportFromPem(publicKey);
        var signed = Proof.SignedBytes(proof.SystemId, ProofBinding ? Proof.Binding(method, path, body) : null, proof.Date);
        return !key.VerifyData(signed, Convert.FromBase64String(proof.Signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            ? Problem(401, ProblemCodes.ProofInvalid)
            : usedSignatures.TryAdd(proof.Signature, true) ? null : Problem(401, ProblemCodes.ProofReplayed);
    }

    private Step Next() => State switch
    {
        State.Verified => PasswordRequired ? Step.Activate : Step.Associate,
        State.Activated or State.Associating => Step.Associate,
        State.Associated => Step.Complete,
        State.Finishing => Step.Wait,
        _ => Step.None,
    };

    private ShimSecret NewToken() => new(Token = $"e1.token-{Interlocked.Increment(ref tokens)}");

    private DateTimeOffset Now() => Time.GetUtcNow() + ClockAhead;

    private static T Read<T>(byte[] body, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(body, type)!;

    private static IResult Json<T>(T value, JsonTypeInfo<T> type, int status = 200) => Results.Json(value, type, statusCode: status);

    private static IResult Problem(int status, string code, int? retryAfter = null, int? attemptsLeft = null, string[]? violations = null) =>
        Results.Json(
            new ProblemBody($"urn:prestage:problem:{code}", code, status, $"It is {code}.", code, "t", null, attemptsLeft, retryAfter, violations),
            WireJson.Default.ProblemBody,
            "application/problem+json",
            status);
}

/// <summary>One call that the service got.</summary>
internal sealed record FakeCall(string Method, string Path, string Authorization, byte[] Body, string DeviceKey);
