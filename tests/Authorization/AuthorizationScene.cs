using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Identity;
using Prestage.Functions.Storage;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Authorization;

/// <summary>A Mac with its person and enrollment, and the others who may try to use it.</summary>
internal sealed class AuthorizationScene : IDisposable
{
    public const string DeviceKey = "dk-5Rt8WqZx1Lm4Np7Ks0Jh3Gf6Dd9Ca2Bb";

    private static readonly HttpClient Http = new();
    private static readonly RSA ForgedKey = RSA.Create(2048);
    private readonly Backend backend;
    private readonly bool recordMode;
    private readonly List<WireMac> macs = [];
    private readonly string expired;
    private readonly (WireMac Mac, TenantUser Person) another;
    private string replaced = string.Empty;
    private string superseded = string.Empty;

    private AuthorizationScene(
        Backend backend, bool recordMode, (WireMac Mac, TenantUser Person) own, (WireMac Mac, TenantUser Person) another, WireMac late)
    {
        (this.backend, this.recordMode, Mac, Person, this.another, expired) = (backend, recordMode, own.Mac, own.Person, another, late.Token!);
        macs.AddRange([Mac, another.Mac, late]);
    }

    public WireMac Mac { get; }

    public TenantUser Person { get; }

    private EnrollmentId Id => EnrollmentId.TryParse(Mac.Token!.Split('.')[0], out var id) ? id : throw new FormatException("The token has no enrollment.");

    /// <summary>Brings three Macs to the stage: the one it is about, another one, and one whose token will be left to expire.</summary>
    public static async Task<AuthorizationScene> CreateAsync(Backend backend, bool recordMode, EnrollmentStage stage) => new(
        backend, recordMode, await BringAsync(backend, recordMode, stage), await BringAsync(backend, recordMode, stage),
        (await BringAsync(backend, recordMode, stage)).Mac);

    /// <summary>After a night: two of the Macs are verified again, one of them twice; and a Mac whose first person gave way to a second.</summary>
    public async Task RenewTokensAsync()
    {
        await VerifyAsync(another.Mac, another.Person);
        await VerifyAsync(Mac, Person);
        replaced = Mac.Token!;
        await VerifyAsync(Mac, Person);
        var (mac, _) = await BringAsync(backend, recordMode, EnrollmentStage.Verified);
        macs.Add(mac);
        superseded = mac.Token!;
        await VerifyAsync(mac, backend.AddPerson(People.New(NewName())));

        // So that there are tries that could be released.
        (await Mac.VerifyAsync(Person.Email, "wrong")).IsProblem(403, "not-verified");
        Assert.NotEmpty(await RowAsync("Attempts", AttemptRows.DeviceKey(Mac.SystemId), "current"));
    }

    /// <summary>What must not change by a refused call: the rows of the enrollment, Mac, tries and passcode; bindings, groups and password.</summary>
    public async Task<string> StateAsync()
    {
        var rows = await Task.WhenAll(
            RowAsync("Enrollments", Id.Month, EnrollmentKeys.Enrollment(Id)), RowAsync("Devices", Mac.SystemId, "current"),
            RowAsync("Attempts", AttemptRows.DeviceKey(Mac.SystemId), "current"), RowAsync("Passcodes", Person.Id, "current"));
        var hasPassword = backend.JumpCloud.Tenant.CheckPassword(Person.Id, People.Password);
        return $"{string.Join(' ', rows)} {backend.Bindings(Mac).Count} {string.Join(' ', backend.GroupsOf(Mac))} {hasPassword}";
    }

    /// <summary>One call, as the Functions host passes it on from outside; answers status and, of a refusal, code.</summary>
    public async Task<string> CallAsync(AuthorizationRow row, string caller)
    {
        var path = row.Path.Replace("{id}", Id.ToString(), StringComparison.Ordinal).Replace("{systemId}", Mac.SystemId, StringComparison.Ordinal)
            .Replace("{userId}", Person.Id, StringComparison.Ordinal)
            .Replace("{*path}", "nothing/here", StringComparison.Ordinal);
        var body = row.Body is null ? null : JsonSerializer.SerializeToUtf8Bytes(row.Body(this));
        using var request = new HttpRequestMessage(new(row.Method), new Uri(backend.Url, path));
        request.Headers.TryAddWithoutValidation("x-ms-invocation-id", Guid.NewGuid().ToString());
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
        request.Headers.TryAddWithoutValidation("User-Agent", "Azure-Functions-Host/4.1052.100");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        foreach (var (name, value) in HeadersOf(caller, row.Method, path, body ?? []))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return response.StatusCode < HttpStatusCode.BadRequest
            ? $"{(int)response.StatusCode}"
            : $"{(int)response.StatusCode} {JsonDocument.Parse(text).RootElement.GetProperty("code").GetString()}";
    }

    public void Dispose() => macs.ForEach(mac => mac.Dispose());

    private (string Name, string Value)[] HeadersOf(string caller, string method, string path, byte[] body) => caller switch
    {
        Callers.Nobody => [],
        Callers.Proof => ProofOf(Mac, recordMode, method, path, body),
        Callers.ProofOfAnother => ProofOf(another.Mac, recordMode, method, path, body),
        Callers.OtherProof => ProofOf(Mac, !recordMode, method, path, body),
        Callers.ForgedProof when recordMode =>
            [("Authorization", new RecordClaim(Mac.SystemId).ToHeader()), (RecordClaim.KeyHeader, DeviceKey.ToLowerInvariant())],
        Callers.ForgedProof => [("Authorization", DeviceProof
            .Sign(ForgedKey, Mac.SystemId, DeviceProof.Binding(method, path, body), backend.Clock.GetUtcNow()).ToHeader())],
        Callers.ClaimAlone => [("Authorization", new RecordClaim(Mac.SystemId).ToHeader())],
        Callers.DeviceKey => [(RecordClaim.KeyHeader, DeviceKey)],
        Callers.Token => [Bearer(Mac.Token!)],
        Callers.TokenOfAnother => [Bearer(another.Mac.Token!)],
        Callers.MixedToken => [Bearer($"{Id}.{another.Mac.Token!.Split('.')[1]}")],
        Callers.ExpiredToken => [Bearer(expired)],
        Callers.ReplacedToken => [Bearer(replaced)],
        Callers.TokenOfSuperseded => [Bearer(superseded)],
        Callers.Reader => [PortalClient.Principal("rita@example.com", "Prestage.Reader")],
        Callers.Operator => [PortalClient.Principal("otto@example.com", "Prestage.Operator")],
        Callers.PortalKey => [PortalClient.KeyHeader],
        _ => throw new ArgumentOutOfRangeException(nameof(caller), caller, "There is no such caller."),
    };

    private static (string, string)[] ProofOf(WireMac mac, bool record, string method, string path, byte[] body) => record
        ? [("Authorization", new RecordClaim(mac.SystemId).ToHeader()), (RecordClaim.KeyHeader, DeviceKey)]
        : [("Authorization", mac.Proof(method, path, body))];

    private async Task<string> RowAsync(string table, string partition, string row) =>
        (await backend.Tables.GetTableClient(table).FindEntityAsync(partition, row, TestContext.Current.CancellationToken))
            ?.ETag.ToString() ?? string.Empty;

    private static (string, string) Bearer(string token) => ("Authorization", $"Bearer {token}");

    private static async Task<(WireMac Mac, TenantUser Person)> BringAsync(Backend backend, bool recordMode, EnrollmentStage stage)
    {
        var person = backend.AddPerson(People.New(NewName()));
        var mac = new WireMac(backend) { DeviceKey = recordMode ? DeviceKey : null };
        await VerifyAsync(mac, person);
        if (stage >= EnrollmentStage.Activated)
        {
            (await mac.ActivateAsync(People.Password)).IsOk();
        }

        if (stage == EnrollmentStage.Associated)
        {
            (await mac.AssociateAsync()).IsOk();
        }

        return (mac, person);
    }

    private static async Task VerifyAsync(WireMac mac, TenantUser person) => (await mac.VerifyAsync(person.Email, person.EmployeeIdentifier)).IsOk();

    private static string NewName() => $"p{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
}
