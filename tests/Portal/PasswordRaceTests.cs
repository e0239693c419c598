using System.Net;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Portal;

/// <summary>Operators and the timer against activate and verify: each is stopped before each of its writes while the other one runs.</summary>
public sealed class PasswordRaceTests(RaceWorld world) : IClassFixture<RaceWorld>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cancel")]
    [InlineData("release")]
    [InlineData("expire")]
    public async Task A_password_that_is_set_beside_an_end_is_in_the_history(string end)
    {
        for (var (number, writes) = (1, 1); number <= writes; number++)
        {
            var (mac, person) = await VerifiedAsync();
            var id = EnrollmentId.Parse(mac.Token!.Split('.')[0]);
            Reply? answer = null;
            writes = await world.MeetAsync(
                number, false, async () => answer = await mac.ActivateAsync(People.Password), async () => await EndAsync(end, mac, id));

            var codes = (await world.Backend.EventsOfAsync(mac)).Select(line => line.Code).ToList();
            var has = world.Backend.JumpCloud.Tenant.CheckPassword(person.Id, People.Password);
            var row = (await world.Backend.Get<EnrollmentRows>().FindAsync(id, Cancel))!;
            var what = $"{end} at {number} of {writes}: {(int)answer!.Status}, {row.State}, {string.Join(' ', codes)}";
            Assert.True(!has || codes.Any(code => code is "password-set" or "password-set-after-end" or "password-unknown"), what);
            Assert.True(answer.Status != HttpStatusCode.OK || (has && row.State == EnrollmentState.Activated), what);
            Assert.True(end != "cancel" || row.State == EnrollmentState.Cancelled, what);
            mac.Dispose();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_open_enrollment_is_its_Mac_s_present_one_whatever_met_its_verify(bool isRelease)
    {
        for (var (number, writes) = (1, 1); number <= writes; number++)
        {
            var (mac, _) = await VerifiedAsync();
            var first = EnrollmentId.Parse(mac.Token!.Split('.')[0]);
            var ben = world.Backend.AddPerson(People.New($"p{Guid.NewGuid():N}"[..16]));
            var eve = world.Backend.AddPerson(People.New($"p{Guid.NewGuid():N}"[..16]));
            var (bens, eves) = (await PasscodeAsync(ben), await PasscodeAsync(eve));
            Reply? answer = null;
            Reply? other = null;
            writes = await world.MeetAsync(
                number, false, async () => answer = await mac.VerifyAsync(ben.Email, bens),
                async () => other = isRelease
                    ? await new PortalClient(world.Backend).PostAsync($"devices/{mac.SystemId}/release")
                    : await mac.VerifyAsync(eve.Email, eves));

            var pointer = await world.Backend.Get<DeviceRows>().FindAsync(mac.SystemId, Cancel);
            var what = $"at {number} of {writes}: {(int)answer!.Status}, {(int)other!.Status}, pointer {pointer?.EnrollmentId}";
            foreach (var stored in await world.Backend.RowsAsync("Enrollments"))
            {
                if (stored.RowKey.StartsWith("s|", StringComparison.Ordinal) && EnrollmentRow.Read(stored).Row is { } row && row.SystemId == mac.SystemId
                    && EnrollmentMoves.IsOpen(row.State))
                {
                    Assert.True(pointer?.EnrollmentId == row.Id, $"{what}, open {row.Id} of {row.UserId}");
                }
            }

            // 403: the person's passcode was used up for the id that the other person's call then took.
            Assert.True((int)answer.Status is 200 or 429 || (!isRelease && (int)answer.Status == 403), what);
            Assert.NotEqual(first, pointer?.EnrollmentId);
            mac.Dispose();
        }
    }

    private Task<string> PasscodeAsync(TenantUser person) => new PortalClient(world.Backend).PasscodeAsync(new { userId = person.Id });

    private async Task<(WireMac Mac, TenantUser Person)> VerifiedAsync()
    {
        var mac = new WireMac(world.Backend);
        var person = world.Backend.AddPerson(People.New($"p{Guid.NewGuid():N}"[..16]));
        (await mac.VerifyAsync(person.Email, await PasscodeAsync(person))).IsOk();
        return (mac, person);
    }

    private async Task EndAsync(string end, WireMac mac, EnrollmentId id)
    {
        var portal = new PortalClient(world.Backend);
        if (end == "expire")
        {
            world.Backend.Clock.Advance(TimeSpan.FromHours(25));
            Assert.True(await world.Backend.ReconcileAsync());
            return;
        }

        (await portal.PostAsync(end == "cancel" ? $"enrollments/{id}/cancel" : $"devices/{mac.SystemId}/release")).IsOk();
    }
}
