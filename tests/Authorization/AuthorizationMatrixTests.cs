using Prestage.Simulators.FunctionsHost.Triggers;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Authorization;

/// <summary>Every route, called by everyone: who is let in, and with what everyone else is sent away. A new route needs a row.</summary>
public sealed class AuthorizationMatrixTests
{
    private const string Open = "200";
    private const string NoToken = "401 token-invalid";
    private const string NoProof = "401 proof-missing";
    private const string Forged = "401 proof-invalid";
    private const string NoOperator = "401 token-invalid";
    private const string OperatorsOnly = "403 forbidden";
    private const string NoRoute = "404 not-found";

    private static readonly AuthorizationRow[] Rows =
    [
        new("GET /api/health", EnrollmentStage.Verified, null, Open),
        new("HEAD /api/health", EnrollmentStage.Verified, null, Open),
        new("POST /api/verify", EnrollmentStage.Verified, scene => new
            {
                nonce = WireMac.Nonce(), serialNumber = scene.Mac.SerialNumber, identifier = scene.Person.Email, secret = scene.Person.EmployeeIdentifier,
            },
            NoProof, (Callers.ForgedProof, Forged), (Callers.Proof, "200"), (Callers.ProofOfAnother, "403 device-not-eligible")),
        new("POST /api/token", EnrollmentStage.Verified, _ => new { nonce = WireMac.Nonce() },
            NoProof, (Callers.ForgedProof, Forged), (Callers.Proof, "200"), (Callers.ProofOfAnother, "200 own")),
        new("POST /api/activate", EnrollmentStage.Verified, _ => new { password = People.Password },
            NoToken, (Callers.Token, "200"), (Callers.TokenOfAnother, "200 own"), (Callers.TokenOfSuperseded, "409 wrong-state")),
        new("POST /api/associate", EnrollmentStage.Activated, _ => new { },
            NoToken, (Callers.Token, "200"), (Callers.TokenOfAnother, "200 own"), (Callers.TokenOfSuperseded, "409 wrong-state")),
        new("POST /api/complete", EnrollmentStage.Associated, _ => new { accountCreated = true, secureToken = true, steps = Array.Empty<object>() },
            NoToken, (Callers.Token, "202"), (Callers.TokenOfAnother, "202 own"), (Callers.TokenOfSuperseded, "409 wrong-state")),
        new("GET /api/enrollment", EnrollmentStage.Associated, null,
            NoToken, (Callers.Token, "200"), (Callers.TokenOfAnother, "200 own"), (Callers.TokenOfSuperseded, "200 own")),
        new("POST /api/report", EnrollmentStage.Verified, _ => new { nonce = WireMac.Nonce(), level = "info", step = "agent", code = "waiting", message = "x" },
            NoToken, (Callers.ClaimAlone, NoProof), (Callers.OtherProof, NoProof), (Callers.ForgedProof, Forged), (Callers.Proof, "204"), (Callers.ProofOfAnother, "204 own"), (Callers.Token, "204"), (Callers.TokenOfAnother, "204 own"),
            (Callers.TokenOfSuperseded, "409 wrong-state")),
        new("GET /api/portal/enrollments", EnrollmentStage.Verified, null, NoOperator, (Callers.Reader, "200"), (Callers.Operator, "200")),
        new("GET /api/portal/enrollments.csv", EnrollmentStage.Verified, null, NoOperator, (Callers.Reader, "200"), (Callers.Operator, "200")),
        new("GET /api/portal/summary", EnrollmentStage.Verified, null, NoOperator, (Callers.Reader, "200"), (Callers.Operator, "200")),
        new("GET /api/portal/enrollments/{id}", EnrollmentStage.Verified, null, NoOperator, (Callers.Reader, "200"), (Callers.Operator, "200")),
        new("GET /api/portal/devices/{systemId}", EnrollmentStage.Verified, null, NoOperator, (Callers.Reader, "200"), (Callers.Operator, "200")),
        new("GET /api/portal/passcodes/{userId}", EnrollmentStage.Verified, null, NoOperator, (Callers.Reader, NoRoute), (Callers.Operator, NoRoute)),
        new("GET /api/portal/attempts", EnrollmentStage.Verified, null,
            NoOperator, (Callers.Reader, "400 invalid-request"), (Callers.Operator, "400 invalid-request")),
        new("GET /api/portal/health", EnrollmentStage.Verified, null, NoOperator, (Callers.Reader, "200"), (Callers.Operator, "200")),
        new("GET /api/portal/{*path}", EnrollmentStage.Verified, null, NoOperator, (Callers.Reader, NoRoute), (Callers.Operator, NoRoute)),
        new("POST /api/portal/enrollments/{id}/retry", EnrollmentStage.Verified, _ => new { },
            NoOperator, (Callers.Reader, OperatorsOnly), (Callers.Operator, "409 wrong-state")),
        new("POST /api/portal/enrollments/{id}/cancel", EnrollmentStage.Verified, _ => new { },
            NoOperator, (Callers.Reader, OperatorsOnly), (Callers.Operator, "200")),
        new("POST /api/portal/devices/{systemId}/release", EnrollmentStage.Associated, _ => new { },
            NoOperator, (Callers.Reader, OperatorsOnly), (Callers.Operator, "200")),
        new("POST /api/portal/attempts/release", EnrollmentStage.Verified, scene => new { systemId = scene.Mac.SystemId },
            NoOperator, (Callers.Reader, OperatorsOnly), (Callers.Operator, "200")),
        new("POST /api/portal/passcodes", EnrollmentStage.Verified, scene => new { userId = scene.Person.Id },
            NoOperator, (Callers.Reader, OperatorsOnly), (Callers.Operator, "409 wrong-state")),
        new("POST /api/portal/{*path}", EnrollmentStage.Verified, _ => new { }, NoOperator, (Callers.Reader, OperatorsOnly), (Callers.Operator, NoRoute)),
    ];

    // Where Macs are believed by their record there are no new tokens.
    private static readonly AuthorizationRow[] RecordRows =
    [
        .. Rows.Select(row => row.Route == "POST /api/token"
            ? row with { Otherwise = "403 forbidden", Exceptions = [] }
            : row),
    ];

    [Theory]
    [InlineData("signature")]
    [InlineData("record")]
    public async Task Every_route_answers_every_caller_as_the_table_says_and_a_refusal_changes_nothing(string trust)
    {
        var (byRecord, rows) = trust == "record" ? (true, RecordRows) : (false, Rows);
        await using var backend = await Backend.StartAsync(
            new() { ["Portal:Auth"] = "easyAuth", ["Device:Trust"] = trust, ["Device:Key"] = byRecord ? AuthorizationScene.DeviceKey : null }, byHand: true);
        backend.Canaries.Add("the device key", AuthorizationScene.DeviceKey);
        var served = backend.Functions.OfType<HttpTrigger>().SelectMany(function => function.Methods.Select(method => $"{method} /{function.Route}"));
        Assert.Equal(served.Order(), rows.Select(row => row.Route).Order());
        List<AuthorizationScene> scenes = [];
        foreach (var row in rows)
        {
            scenes.Add(await AuthorizationScene.CreateAsync(backend, byRecord, row.Stage));
        }

        backend.Clock.Advance(TimeSpan.FromHours(2));
        List<string> wrong = [];
        foreach (var (row, scene) in rows.Zip(scenes))
        {
            await scene.RenewTokensAsync();
            foreach (var caller in Callers.All)
            {
                var (before, answer, after) = (await scene.StateAsync(), await scene.CallAsync(row, caller), await scene.StateAsync());
                if (answer != row.Expected(caller))
                {
                    wrong.Add($"{row.Route} by {caller}: {answer} instead of {row.Expected(caller)}");
                }

                if (before != after && !row.MayChange(caller))
                {
                    wrong.Add($"{row.Route} by {caller} changed the Mac's enrollment");
                }
            }

            scene.Dispose();
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{rows.Length} routes × {Callers.All.Count} callers = {rows.Length * Callers.All.Count} answers");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
