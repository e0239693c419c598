using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prestage.Shim.State;
using Prestage.Wire;

namespace Prestage.Shim.Backend;

/// <summary>The service's calls as the Mac uses them (docs/contract.md). A dead token is renewed with a device proof, once for each call.</summary>
internal sealed class EnrollmentBackend(BackendTransport transport, DeviceIdentity device, StateDirectory state)
{
    /// <summary>Whether any call but <see cref="HealthAsync"/> can be proven.</summary>
    public bool CanProve => device.IsKnown || state.ReadToken() is not null;

    public Task<HealthResponse?> HealthAsync(CancellationToken cancellationToken) =>
        transport.SendAsync(HttpMethod.Get, "/api/health", null, null, WireJson.Default.HealthResponse, cancellationToken);

    /// <summary>Proves Mac and person, and keeps the token.</summary>
    public async Task<VerifyResponse> VerifyAsync(VerifyRequest who, CancellationToken cancellationToken)
    {
        var answer = Present(await ProvenAsync(
            "/api/verify",
            nonce => JsonSerializer.SerializeToUtf8Bytes(who with { Nonce = nonce }, WireJson.Default.VerifyRequest),
            WireJson.Default.VerifyResponse,
            cancellationToken));
        state.WriteToken(answer.Token);
        return answer;
    }

    public Task<ActivateResponse> ActivateAsync(Secret password, CancellationToken cancellationToken) =>
        WithTokenAsync(
            HttpMethod.Post,
            "/api/activate",
            () => JsonSerializer.SerializeToUtf8Bytes(new ActivateRequest(password), WireJson.Default.ActivateRequest),
            WireJson.Default.ActivateResponse,
            cancellationToken);

    public Task<AssociateResponse> AssociateAsync(CancellationToken cancellationToken) =>
        WithTokenAsync(HttpMethod.Post, "/api/associate", () => "{}"u8.ToArray(), WireJson.Default.AssociateResponse, cancellationToken);

    public Task<CompleteResponse> CompleteAsync(CompleteRequest done, CancellationToken cancellationToken) =>
        WithTokenAsync(
            HttpMethod.Post,
            "/api/complete",
            () => JsonSerializer.SerializeToUtf8Bytes(done, WireJson.Default.CompleteRequest),
            WireJson.Default.CompleteResponse,
            cancellationToken);

    public Task<EnrollmentResponse> EnrollmentAsync(CancellationToken cancellationToken) =>
        WithTokenAsync(HttpMethod.Get, "/api/enrollment", null, WireJson.Default.EnrollmentResponse, cancellationToken);

    /// <summary>Sends a report with the token, or with a proof where there is none yet.</summary>
    public async Task ReportAsync(ReportRequest report, CancellationToken cancellationToken)
    {
        byte[] Body(string nonce) => JsonSerializer.SerializeToUtf8Bytes(report with { Nonce = nonce }, WireJson.Default.ReportRequest);
        if (state.ReadToken() is { } token)
        {
            try
            {
                await SendAsync(HttpMethod.Post, "/api/report", () => Body(DeviceIdentity.Nonce()), token, WireJson.Default.ReportRequest, cancellationToken);
                return;
            }
            catch (BackendException exception) when (exception.Problem.Code is ProblemCodes.TokenInvalid or ProblemCodes.WrongState && device.IsKnown)
            {
                // The proof below is as good, and needs no enrollment that goes on: a token ends with its enrollment.
            }
        }

        await ProvenAsync("/api/report", Body, WireJson.Default.ReportRequest, cancellationToken);
    }

    private async Task<T> WithTokenAsync<T>(
        HttpMethod method, string path, Func<byte[]>? body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (state.ReadToken() is { } token)
        {
            try
            {
                return Present(await SendAsync(method, path, body, token, type, cancellationToken));
            }
            catch (BackendException exception) when (exception.Problem.Code == ProblemCodes.TokenInvalid)
            {
                state.DeleteToken();
            }
        }

        return Present(await SendAsync(method, path, body, await RenewTokenAsync(cancellationToken), type, cancellationToken));
    }

    private static T Present<T>(T? answer)
        where T : class =>
        answer ?? throw new BackendException(new BackendProblem(ProblemCodes.Unavailable, "The service's answer was empty."));

    private async Task<Secret> RenewTokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = Present(await ProvenAsync(
                "/api/token",
                nonce => JsonSerializer.SerializeToUtf8Bytes(new TokenRequest(nonce), WireJson.Default.TokenRequest),
                WireJson.Default.TokenResponse,
                cancellationToken));
            state.WriteToken(answer.Token);
            return answer.Token;
        }
        catch (BackendException exception) when (exception.Problem.Code
            is ProblemCodes.NotFound or ProblemCodes.AlreadyEnrolled or ProblemCodes.WrongState or ProblemCodes.Forbidden)
        {
            // Forbidden: where records are trusted, only the person opens the enrollment again.
            throw new EnrollmentGoneException();
        }
    }

    private async Task<T?> SendAsync<T>(
        HttpMethod method, string path, Func<byte[]>? body, Secret token, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var bytes = body?.Invoke();
        try
        {
            return await transport.SendAsync(
                method, path, bytes, headers => headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal()), type, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private async Task<T?> ProvenAsync<T>(string path, Func<string, byte[]> body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await TryProvenAsync();
        }
        catch (BackendException exception) when (exception.Problem.Code is ProblemCodes.ProofStale or ProblemCodes.ProofReplayed)
        {
            // The refusal brought the service's time with it: sign once more by that.
            return await TryProvenAsync();
        }

        async Task<T?> TryProvenAsync()
        {
            var bytes = body(DeviceIdentity.Nonce());
            try
            {
                return await transport.SendAsync(
                    HttpMethod.Post, path, bytes, await device.ProveAsync(HttpMethod.Post, path, bytes, cancellationToken), type, cancellationToken);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(bytes);
            }
        }
    }
}
