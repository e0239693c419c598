using System.Security.Cryptography;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using Microsoft.Extensions.Logging.Abstractions;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Finish;
using Prestage.Functions.History;
using Prestage.Functions.Identity;
using Prestage.Functions.Passcodes;
using Prestage.Functions.Reconcile;
using Prestage.Functions.Storage;
using Prestage.Functions.Vault;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Kills;

/// <summary>Tables and queue as earlier calls left them, written by the program's own classes with its own keys, at whatever time is needed.</summary>
internal sealed class StoredWorld(string account, string eventKey, SimulatedJumpCloud jumpCloud, string enrollmentGroup)
{
    private readonly TableServiceClient tables = new(account);
    private readonly QueueServiceClient queues = new(account, new() { MessageEncoding = QueueMessageEncoding.Base64 });

    public QueueClient Queue => queues.GetQueueClient(FinishQueue.Name);

    public QueueClient Poison => queues.GetQueueClient($"{FinishQueue.Name}-poison");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task CreateAsync()
    {
        foreach (var name in new[] { "Enrollments", "Proofs", "Attempts", "Passcodes" })
        {
            await tables.GetTableClient(name).CreateIfNotExistsAsync(Cancel);
        }

        await Queue.CreateIfNotExistsAsync(cancellationToken: Cancel);
        await Poison.CreateIfNotExistsAsync(cancellationToken: Cancel);
    }

    /// <summary>A Mac of the tenant in the enrollment group, and its enrollment, which came to its state so long ago.</summary>
    public async Task<EnrollmentRow> EnrollmentAsync(EnrollmentState state, TimeSpan ago, bool isManaged = true)
    {
        var user = jumpCloud.Tenant.AddUser(People.Active($"anna{RandomNumberGenerator.GetHexString(8, lowercase: true)}"), People.Password);
        var mac = jumpCloud.Tenant.AddSystem(new TenantSystem { SerialNumber = "C02KILLED001", Hostname = "mac" });
        jumpCloud.Tenant.AddMember(enrollmentGroup, mac.Id);
        if (isManaged)
        {
            ShowManaged(mac.Id, user.Username);
        }

        var clock = new ManualClock(TimeProvider.System.GetUtcNow() - ago);
        var (rows, now) = (Rows(clock), clock.GetUtcNow());
        var id = EnrollmentId.Create(now);
        Assert.True(await rows.TryInsertAsync(
            new()
            {
                Id = id,
                State = EnrollmentState.Verified,
                SystemId = mac.Id,
                SerialNumber = mac.SerialNumber,
                UserId = user.Id,
                Account = new(user.Username, "Anna Berg", Admin: false),
                PasswordRequired = false,
                HadPassword = true,
                TokenHash = EnrollmentToken.Create(id).Hash,
                TokenExpiresAt = now.AddHours(2),
                CreatedAt = now,
                UpdatedAt = now,
                StateAt = now,
            },
            new(now, "mac", "verified"),
            Cancel));
        var row = (await rows.FindAsync(id, Cancel))!;
        foreach (var (next, code) in new[] { (EnrollmentState.Associating, "associating"), (EnrollmentState.Associated, "associated"), (EnrollmentState.Finishing, "finishing") })
        {
            if (row.State == state)
            {
                break;
            }

            var isLast = next == EnrollmentState.Finishing;
            row = (await rows.TryMoveAsync(
                row,
                row with { State = next, Bound = true, Attempt = isLast ? 1 : 0, FinishingAt = isLast ? clock.GetUtcNow() : null },
                new(clock.GetUtcNow(), "mac", code),
                Cancel))!;
        }

        return row;
    }

    public void ShowManaged(string systemId, string username) => jumpCloud.Tenant.UpdateSystem(
        systemId, system => system with { UserMetrics = [new UserMetric(username, false, true, false, true)] });

    /// <summary>Puts the enrollment's message into the queue, as if it had been delivered so often already.</summary>
    public async Task SendAsync(EnrollmentRow enrollment, int deliveries = 0)
    {
        using var signal = new FinishSignal(TimeProvider.System);
        await new FinishQueue(Queue, signal).SendAsync(enrollment, TimeSpan.Zero, Cancel);
        for (var delivery = 1; delivery <= deliveries; delivery++)
        {
            var message = Assert.Single((await Queue.ReceiveMessagesAsync(1, TimeSpan.FromMinutes(1), Cancel)).Value);
            Assert.Equal(delivery, message.DequeueCount);
            await Queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: TimeSpan.Zero, cancellationToken: Cancel);
        }
    }

    /// <summary>Something old in each of the tables that the timer purges.</summary>
    public async Task LitterAsync()
    {
        foreach (var hour in new[] { "2020010100", "2020010101" })
        {
            await tables.GetTableClient("Proofs").AddEntityAsync(new TableEntity(hour, new string('a', 64)) { ["Request"] = "old" }, Cancel);
        }

        var before = new ManualClock(TimeProvider.System.GetUtcNow().AddDays(-40));
        Assert.NotNull(await new AttemptRows(tables.GetTableClient("Attempts"), before).TryInsertAsync(
            new() { Key = AttemptRows.DeviceKey("a"), Failed = [before.GetUtcNow()] }, Cancel));
        await new PasscodeRows(tables.GetTableClient("Passcodes")).PutAsync(
            new() { UserId = "someone", Hash = new([1], [2], 1), ExpiresAt = before.GetUtcNow(), CreatedBy = "admin" }, Cancel);
    }

    /// <summary>How many rows wait for the timer to purge them.</summary>
    public async Task<int> LitterCountAsync()
    {
        var count = 0;
        foreach (var name in new[] { "Proofs", "Attempts", "Passcodes" })
        {
            await foreach (var _ in tables.GetTableClient(name).QueryAsync<TableEntity>(cancellationToken: Cancel))
            {
                count++;
            }
        }

        return count;
    }

    public async Task<EnrollmentRow> FindAsync(EnrollmentId id) => (await Rows(TimeProvider.System).FindAsync(id, Cancel))!;

    public async Task<EnrollmentHistory> HistoryAsync(EnrollmentId id) =>
        (await new EnrollmentHistories(tables.GetTableClient("Enrollments"), Keys(TimeProvider.System)).ReadAsync(id, Cancel))!;

    public async Task<bool> HasOpenMarkAsync(EnrollmentId id) =>
        await tables.GetTableClient("Enrollments").FindEntityAsync(id.Month, EnrollmentKeys.Open(id), Cancel) is not null;

    // In this order: a message is given up by a copy first.
    public async Task<bool> HasMessagesAsync() =>
        (await Queue.GetPropertiesAsync(Cancel)).Value.ApproximateMessagesCount + (await Poison.GetPropertiesAsync(Cancel)).Value.ApproximateMessagesCount > 0;

    /// <summary>Whether the timer's later run was needed.</summary>
    public bool HasReconciledLater { get; private set; }

    /// <summary>The timer's run that comes when a finishing enrollment counts as stalled.</summary>
    public async Task ReconcileLaterAsync()
    {
        HasReconciledLater = true;
        var later = new ManualClock(TimeProvider.System.GetUtcNow().AddMinutes(11));
        using var signal = new FinishSignal(later);
        var (rows, devices) = (Rows(later), new DeviceRows(tables.GetTableClient("Devices")));
        await new EnrollmentReconcile(
            rows, new(Group(later), devices, rows, later, NullLogger<EnrollmentEnds>.Instance), new(tables.GetTableClient("Proofs")),
            new(tables.GetTableClient("Attempts"), later), new(tables.GetTableClient("Passcodes")), new(devices, new(), later),
            new(tables.GetTableClient("Enrollments"), new(Queue, signal), later), new(), later, NullLogger<EnrollmentReconcile>.Instance).RunAsync(Cancel);
    }

    private EnrollmentRows Rows(TimeProvider clock) =>
        new(tables.GetTableClient("Enrollments"), Keys(clock), Group(clock), clock, NullLogger<EnrollmentRows>.Instance);

    // JumpCloud is the program's to call.
    private static EnrollmentGroup Group(TimeProvider clock) => new(null!, new(), clock, NullLogger<EnrollmentGroup>.Instance);

    private EventKeys Keys(TimeProvider clock) =>
        new(new SettingSecrets((EventKeys.SecretName, eventKey)), clock, NullLogger<EventKeys>.Instance);
}
