using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Simulators.JumpCloud;
using Xunit;

namespace Prestage.Tests.Support;

/// <summary>What IT does to a person behind the backend's back, and what the backend has told of it.</summary>
internal static class Standing
{
    /// <summary>IT, or the person in JumpCloud's own portal, sets a password.</summary>
    public static void GivePassword(this Backend backend, string userId, string password)
    {
        var tenant = backend.JumpCloud.Tenant;
        tenant.UpdateUser(userId, user => user with
        {
            State = "ACTIVATED",
            Activated = true,
            PasswordDate = tenant.Timestamp(),
            Passwords = user.Passwords.Insert(0, PasswordHash.Of(password, backend.JumpCloud.Options.PasswordIterations)),
        });
    }

    /// <summary>The next call of that kind takes so long in JumpCloud.</summary>
    public static void Slow(this Backend backend, string method, string path, int milliseconds, int times = 1) => backend.JumpCloud.Faults.Add(
        new Fault { Kind = FaultKind.Latency, Method = method, Path = path, DelayMilliseconds = milliseconds, Times = times });

    /// <summary>JumpCloud refuses the calls of that kind.</summary>
    public static void Refuse(this Backend backend, string method, string path, int? times = null) => backend.JumpCloud.Faults.Add(
        new Fault { Kind = FaultKind.Status, Method = method, Path = path, Status = 400, Times = times });

    /// <summary>One of the changes after which a person may not enroll.</summary>
    public static void Change(this Backend backend, string userId, string change)
    {
        var tenant = backend.JumpCloud.Tenant;
        switch (change)
        {
            case "bound-elsewhere":
                tenant.Bind(tenant.AddSystem(new TenantSystem { SerialNumber = "C02ELSEWHERE", Hostname = "elsewhere" }).Id, userId);
                break;
            case "deleted":
                tenant.Write(before => before with { Users = before.Users.Remove(userId) });
                break;
            default:
                tenant.UpdateUser(userId, user => change switch
                {
                    "suspended" => user with { Suspended = true, State = "SUSPENDED" },
                    "administrator" => user with { Admin = new AdminRole("5f0000000000000000000001") },
                    "held-elsewhere" => user with { ExternallyManaged = true },
                    _ => throw new ArgumentException($"Nobody knows the change {change}.", nameof(change)),
                });
                break;
        }
    }

    /// <summary>The events of a Mac's last enrollment, oldest first.</summary>
    public static async Task<IReadOnlyList<EnrollmentEvent>> EventsOfAsync(this Backend backend, WireMac mac) =>
        (await backend.Get<EnrollmentHistories>().ReadAsync(
            EnrollmentId.Parse(mac.Token!.Split('.')[0]), TestContext.Current.CancellationToken))!.Events;

    /// <summary>The newest of them.</summary>
    public static async Task<(string Code, string? Detail)> LastEventAsync(this Backend backend, WireMac mac) =>
        (await backend.EventsOfAsync(mac))[^1] is var last ? (last.Code, last.Detail) : default;

    /// <summary>A call whose process dies when JumpCloud has done the effect: nothing that it writes afterwards arrives.</summary>
    public static async Task<Reply> DieAfterAsync(
        this Backend backend, StorageProxy proxy, string method, string path, Func<Task<Reply>> call)
    {
        backend.JumpCloud.Faults.OnStruck = (name, _) =>
        {
            if (name == "death")
            {
                proxy.RefuseAll(new(403, "AuthorizationFailure"));
            }
        };
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Latency, Name = "death", Method = method, Path = path, Times = 1 });
        try
        {
            return await call();
        }
        finally
        {
            proxy.RefuseAll(null);
            backend.JumpCloud.Faults.Clear();
            backend.JumpCloud.Faults.OnStruck = null;
        }
    }
}
