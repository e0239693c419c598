using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.People;

/// <summary>
/// Who sits before the login window: after a restart macOS logs in whom it was told to, hidden or not; else the person logs in as soon as a
/// shown, enabled account has their name and takes the password they type.
/// </summary>
internal sealed class SimulatedLogin(SimulatedMac mac)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var changed = mac.Store.NextChange();
                if (WhoLogsIn(mac.State) is { } user)
                {
                    await LogInAsync(user.ShortName, cancellationToken);
                }
                else
                {
                    await changed.WaitAsync(cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The Mac is switched off.
        }
    }

    private async Task LogInAsync(string name, CancellationToken cancellationToken)
    {
        var half = mac.Options.LoginDelay / 2;
        await Task.Delay(half, mac.Options.Time, cancellationToken);
        mac.Store.Change(state => WhoLogsIn(state) is { } user && user.ShortName == name ? SessionRules.BeginLogin(state, user) : state);
        await Task.Delay(half, mac.Options.Time, cancellationToken);
        var after = mac.Store.Change(state => state.Console is { LoginDone: false } session && session.ShortName == name ? SessionRules.EndLogin(state) : state);
        if (after.Console?.ShortName == name)
        {
            if (after.Find(name) is { } user && !mac.Files.HasHome(user))
            {
                mac.Files.CreateHome(user);
            }

            await mac.Agent.ReportAsync(cancellationToken);
        }
    }

    private MacUser? WhoLogsIn(MacState state)
    {
        if (state.Console is not null || state.Screen == ScreenOwner.SetupAssistant)
        {
            return null;
        }

        if (state is { AutoLoginDue: true, AutoLoginUser: { } name } && state.Find(name) is { Enabled: true } automatic)
        {
            return automatic;
        }

        return mac.Options.Person is { } person
            && state.Find(person.Username) is { Enabled: true, IsHidden: false, IsPerson: true, Password: { } digest } user
            && digest.Matches(person.Password) ? user : null;
    }
}
