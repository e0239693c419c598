using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prestage.Shim.State;
using Prestage.Wire;

namespace Prestage.Shim.Backend;

/// <summary>The service's calls as the Mac uses them (docs/contract.md). A dead token is renewed with a device proof, once for each call.</summary>
internal sealed class EnrollmentBackend(IBackendApi api, DeviceIdentity device, StateDirectory state)
{
    /// <summary>Whether any call but <see cref="HealthAsync"/> can be proven.</summary>
    public bool CanProve => device.IsKnown || state.ReadToken() is not null;

    public Task<HealthResponse> HealthAsync(CancellationToken cancellationToken) => BackendAnswers.ReadAsync(api.GetHealthAsync(cancellationToken));

    /// <summary>Proves Mac and person, and keeps the token.</summary>
    public async Task<VerifyResponse> VerifyAsync(VerifyRequest who, CancellationToken cancellationToken)
    {
        var answer = await ProvenAsync(
            IBackendApi.VerifyPath,
            nonce => who with { Nonce = nonce },
            WireJson.Default.VerifyRequest,
            (body, proof) => BackendAnswers.ReadAsync(api.VerifyAsync(body, proof, cancellationToken)),
            cancellationToken);
        state.WriteToken(answer.Token);
        return answer;
    }

    public Task<ActivateResponse> ActivateAsync(Secret password, CancellationToken cancellationToken) => WithTokenAsync(
        async token =>
        {
            using var body = new ClearedContent(JsonSerializer.SerializeToUtf8Bytes(new ActivateRequest(password), WireJson.Default.ActivateRequest));
            return await BackendAnswers.ReadAsync(api.ActivateAsync(body, token, cancellationToken));
        },
        cancellationToken);

    public Task<AssociateResponse> AssociateAsync(CancellationToken cancellationToken) =>
        WithTokenAsync(token => BackendAnswers.ReadAsync(api.AssociateAsync(new(), token, cancellationToken)), cancellationToken);

    public Task<CompleteResponse> CompleteAsync(CompleteRequest done, CancellationToken cancellationToken) =>
        WithTokenAsync(token => BackendAnswers.ReadAsync(api.CompleteAsync(done, token, cancellationToken)), cancellationToken);

    public Task<EnrollmentResponse> EnrollmentAsync(CancellationToken cancellationToken) =>
        WithTokenAsync(token => BackendAnswers.ReadAsync(api.GetEnrollmentAsync(token, cancellationToken)), cancellationToken);

    /// <summary>Sends a report with the token, or with a proof where there is none yet.</summary>
    public async Task ReportAsync(ReportRequest report, CancellationToken cancellationToken)
    {
        if (state.ReadToken() is { } token)
        {
            try
            {
                await BackendAnswers.SucceedAsync(api.ReportAsync(report with { Nonce = DeviceIdentity.Nonce() }, token.Reveal(), cancellationToken));
                return;
            }
            catch (BackendException exception) when (exception.Problem.Code is ProblemCodes.TokenInvalid or ProblemCodes.WrongState && device.IsKnown)
            {
                // The proof below is as good, and needs no enrollment that goes on: a token ends with its enrollment.
            }
        }

        await ProvenAsync(
            IBackendApi.ReportPath,
            nonce => report with { Nonce = nonce },
            WireJson.Default.ReportRequest,
            async (body, proof) =>
            {
                await BackendAnswers.SucceedAsync(api.ReportWithProofAsync(body, proof, cancellationToken));
                return report;
            },
            cancellationToken);
    }

    private async Task<T> WithTokenAsync<T>(Func<string, Task<T>> call, CancellationToken cancellationToken)
    {
        if (state.ReadToken() is { } token)
        {
            try
            {
                return await call(token.Reveal());
            }
            catch (BackendException exception) when (exception.Problem.Code == ProblemCodes.TokenInvalid)
            {
                state.DeleteToken();
            }
        }

        return await call((await RenewTokenAsync(cancellationToken)).Reveal());
    }

    private async Task<Secret> RenewTokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await ProvenAsync(
                IBackendApi.TokenPath,
                nonce => new TokenRequest(nonce),
                WireJson.Default.TokenRequest,
                (body, proof) => BackendAnswers.ReadAsync(api.RenewTokenAsync(body, proof, cancellationToken)),
                cancellationToken);
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

    // Each try has a nonce, a body and a signature of its own.
    private async Task<T> ProvenAsync<TBody, T>(
        string path, Func<string, TBody> make, JsonTypeInfo<TBody> type, Func<HttpContent, IDictionary<string, string>, Task<T>> send,
        CancellationToken cancellationToken)
    {
        try
        {
            return await TryAsync();
        }
        catch (BackendException exception) when (exception.Problem.Code is ProblemCodes.ProofStale or ProblemCodes.ProofReplayed)
        {
            // The refusal brought the service's time with it: sign once more by that.
            return await TryAsync();
        }

        async Task<T> TryAsync()
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(make(DeviceIdentity.Nonce()), type);
            using var body = new ClearedContent(bytes);
            return await send(body, await device.ProveAsync(HttpMethod.Post, path, bytes, cancellationToken));
        }
    }
}
