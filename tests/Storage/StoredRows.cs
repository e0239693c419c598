using System.Globalization;
using System.Security.Cryptography;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Functions.Identity;
using Prestage.Functions.Passcodes;
using Prestage.Functions.Vault;
using Prestage.Tests.Portal;
using Xunit;

namespace Prestage.Tests.Storage;

/// <summary>The program's own classes of rows, all over one table.</summary>
internal sealed class StoredRows(TableClient table)
{
    public const string SystemId = "aaaaaaaaaaaaaaaaaaaaaaaa";
    public const string UserId = "bbbbbbbbbbbbbbbbbbbbbbbb";

    private static readonly string Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public DeviceRows Devices { get; } = new(table);

    public ProofRows Proofs { get; } = new(table);

    public AttemptRows Attempts { get; } = new(table, TimeProvider.System);

    public PasscodeRows Passcodes { get; } = new(table);

    public EnrollmentPages Pages { get; } = new(table, TimeProvider.System);

    public EnrollmentHistories Histories { get; } = new(table, Keys());

    public EnrollmentRows Enrollments { get; } = new(
        table, Keys(), new(null!, new GroupsOptions(), TimeProvider.System, NullLogger<EnrollmentGroup>.Instance), TimeProvider.System,
        NullLogger<EnrollmentRows>.Instance);

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static EnrollmentRow NewEnrollment(EnrollmentState state = EnrollmentState.Verified) => StoredEnrollments.Row(Now, state);

    public static EnrollmentEvent Event(string code = "happened") => new(Now, "backend", code);

    public static DeviceProof NewProof() =>
        new(SystemId, Now.ToString("r", CultureInfo.InvariantCulture), Convert.ToBase64String(RandomNumberGenerator.GetBytes(256)));

    public static PasscodeRow NewPasscode() =>
        new() { UserId = UserId, Hash = PasscodeHash.OfNobody, ExpiresAt = Now.AddDays(-40), CreatedBy = "admin" };

    public static AttemptRow NewTries() => new() { Key = AttemptRows.DeviceKey(SystemId), Failed = [Now] };

    /// <summary>The newest events of <see cref="SystemId"/> that no operator caused.</summary>
    public async Task<IReadOnlyList<EnrollmentEvent>> EventsAsync() =>
        (await Devices.ReadEventsAsync(SystemId, ofOperators: false, 10, null, Cancel)).Events;

    /// <summary>Inserts an enrollment and reads it back.</summary>
    public async Task<EnrollmentRow> InsertAsync()
    {
        var row = NewEnrollment();
        Assert.True(await Enrollments.TryInsertAsync(row, Event("verified"), Cancel));
        return (await Enrollments.FindAsync(row.Id, Cancel))!;
    }

    private static EventKeys Keys() =>
        new(new SettingSecrets((EventKeys.SecretName, Key)), TimeProvider.System, NullLogger<EventKeys>.Instance);
}
