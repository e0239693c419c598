using System.Globalization;
using System.Text.RegularExpressions;
using Prestage.Simulators.Sandbox.Misfortunes;

namespace Prestage.Simulators.Sandbox;

/// <summary>One run of the sandbox, told line by line.</summary>
internal sealed partial class SandboxRun(SandboxOptions options, Action<string> say)
{
    private const int MostStarts = 5;
    private const int MostStartsWithMisfortunes = 60;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly List<SandboxPerson> people = [.. Enumerable.Range(0, options.Macs).Select(number => new SandboxPerson(number))];
    private readonly List<string> serialNumbers = [.. Enumerable.Range(1, options.Macs).Select(number => $"C02SIM{number:D5}")];
    private readonly List<string> userIds = [];
    private readonly List<EnrollingMac> macs = [];
    private readonly Canaries canaries = new();
    private TimeSpan took;

    /// <summary>Whether every Mac is enrolled and checked, the timer ran, no secret was found, and all that was planned to go wrong did.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        // A host that dies holds its message for ten minutes: a sandbox in which that happens must not wait so long.
        (string, string)[] settings = options.Seed is null ? [] : [("AzureFunctionsJobHost__extensions__queues__messageLock", "00:00:15")];
        await using var world = await World.StartAsync(what => say($"Starting the {what} …"), cancellationToken, published: options.Published, settings: settings);
        await using var misfortunes = options.Seed is { } seed ? Draw(world, seed) : null;
        try
        {
            await StartMacsAsync(world, misfortunes, cancellationToken);
            await using var watch = new ArgvWatch(canaries);
            var codes = await EnrollAsync(misfortunes, cancellationToken);
            var allStruck = misfortunes is null || await misfortunes.EndAsync();
            var ran = await RunTimerAsync(world, cancellationToken);
            var done = await CheckAsync(world, codes, cancellationToken);
            var leaks = await TellLeaksAsync(world, watch, cancellationToken);
            TellFigures(world);
            await StayAsync(world, cancellationToken);
            say($"{done} of {options.Macs} Macs enrolled in {took.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)} s");
            return done == options.Macs && leaks == 0 && allStruck && ran;
        }
        finally
        {
            foreach (var mac in macs)
            {
                await mac.DisposeAsync();
            }
        }
    }

    private MisfortuneRun Draw(World world, ulong seed)
    {
        say($"Misfortunes are drawn by the seed {seed}; --seed {seed} repeats them.");
        var plan = MisfortunePlan.Draw(seed, serialNumbers, [.. people.Select(person => person.Username)]);
        return new(world, plan, canaries, say);
    }

    private async Task StartMacsAsync(World world, MisfortuneRun? misfortunes, CancellationToken cancellationToken)
    {
        canaries.Add("the API key", world.ApiKey);
        var windows = await EnrollingMac.WindowsAsync(world, cancellationToken);
        for (var number = 0; number < options.Macs; number++)
        {
            var (person, serialNumber) = (people[number], serialNumbers[number]);
            canaries.Add("a password", person.Password);
            canaries.Add("a secret word", person.Word);
            userIds.Add(await world.AddPersonAsync(person, cancellationToken));
            macs.Add(misfortunes is null
                ? await EnrollingMac.StartAsync(world, person, serialNumber, cancellationToken, changeSettings: windows)
                : await misfortunes.StartMacAsync(number, person, serialNumber, windows, cancellationToken));
        }

        say($"{options.Macs} Mac(s) and as many people are ready. Enrolling …");
    }

    private async Task<int[]> EnrollAsync(MisfortuneRun? misfortunes, CancellationToken cancellationToken)
    {
        if (misfortunes is not null)
        {
            await misfortunes.BeginAsync(macs, cancellationToken);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, misfortunes?.Broken ?? CancellationToken.None);
        limit.CancelAfter(Longest);
        var started = TimeProvider.System.GetTimestamp();
        var codes = await Task.WhenAll(macs.Select((mac, number) =>
        {
            mac.OnLine = line => Hear(number, line, misfortunes);
            return mac.RunAsync(misfortunes is null ? MostStarts : MostStartsWithMisfortunes, limit.Token);
        }));
        took = TimeProvider.System.GetElapsedTime(started);
        return codes;
    }

    private void Hear(int number, string line, MisfortuneRun? misfortunes)
    {
        if (StepLine().Match(line) is { Success: true } step)
        {
            say($"{(options.Macs > 1 ? serialNumbers[number] + " " : string.Empty)}{step.Value}");
            misfortunes?.Hear(number, int.Parse(step.Groups[1].Value, CultureInfo.InvariantCulture));
        }
        else if (misfortunes is not null && ErrorLine().Match(line) is { Success: true } error)
        {
            say($"{serialNumbers[number]} says: {error.Groups[1].Value}");
        }
    }

    // Not after misfortunes: the worker may still wait to be started again.
    private async Task<bool> RunTimerAsync(World world, CancellationToken cancellationToken)
    {
        if (options.Seed is not null)
        {
            return true;
        }

        var succeeded = await HandRun.RunAsync(world, "Reconcile", cancellationToken);
        say($"The timer's function Reconcile, run by hand through the Functions host, {(succeeded ? "succeeded" : "failed")}");
        return succeeded;
    }

    private async Task<int> CheckAsync(World world, int[] codes, CancellationToken cancellationToken)
    {
        var done = 0;
        for (var number = 0; number < options.Macs; number++)
        {
            var wrong = codes[number] == 0
                ? await Outcome.CheckAsync(world, macs[number], people[number], userIds[number], cancellationToken)
                : [$"prestage ended with {codes[number]}"];
            done += wrong.Count == 0 ? 1 : 0;
            say($"{serialNumbers[number]}: {(wrong.Count == 0 ? "checked in the tenant, in the tables and on the Mac" : string.Join("; ", wrong))}");
        }

        return done;
    }

    private async Task<int> TellLeaksAsync(World world, ArgvWatch watch, CancellationToken cancellationToken)
    {
        List<string> leaks =
        [
            .. await watch.EndAsync(),
            .. canaries.Find("the backend's log", world.BackendLines),
            .. canaries.Find("a simulator's output", world.OtherLines),
            .. macs.SelectMany(mac => canaries.Find($"the output on {mac.SerialNumber}", mac.Lines)),
            .. canaries.FindInFiles(world.Directory),
            .. await canaries.FindInStorageAsync(world.StorageConnectionString, cancellationToken),
        ];
        leaks.ForEach(leak => say($"LEAK: {leak}"));
        say($"No secret may be in logs, files, rows, messages, arguments or environments: {(leaks.Count == 0 ? "none was found" : "some were found")} ({watch.Reads} looks at processes)");
        return leaks.Count;
    }

    private void TellFigures(World world)
    {
        var (tables, directory) = CallCosts.Sum(world.BackendLines);
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"Figures: {took.TotalSeconds:0.00} s from the first start to the last exit, {(double)directory / options.Macs:0.#} JumpCloud calls and {(double)tables / options.Macs:0.#} table operations for a Mac"));
    }

    private async Task StayAsync(World world, CancellationToken cancellationToken)
    {
        if (options.Exit)
        {
            return;
        }

        say($"The backend answers at {world.BackendUrl} and the tenant at {world.TenantUrl}. Ctrl-C ends everything.");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // That is how a person ends it.
        }
    }

    [GeneratedRegex(@"\[ ?(\d+)/\d+\] .*")]
    private static partial Regex StepLine();

    // The shim's log: time, level, step, message.
    [GeneratedRegex(@"^\S+Z error (.*)")]
    private static partial Regex ErrorLine();
}
