using System.Globalization;
using System.Text.RegularExpressions;

namespace Prestage.Simulators.Sandbox;

/// <summary>
/// <c>prestage-sandbox sandbox [--exit] [--macs N] [--hosted]</c>: enrolls N simulated Macs, checks the outcome, prints each step with its time and the
/// figures, and ends with <c>&lt;done&gt; of &lt;N&gt; Macs enrolled in &lt;s&gt; s</c>. Exit code 0 only if all are.
/// </summary>
internal static partial class SandboxVerb
{
    private const int MostMacs = 50;
    private const int MostStarts = 5;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public static async Task<int> RunAsync(string[] args, CancellationToken cancel = default)
    {
        if (!TryParse(args, out var macs, out var exit, out var hosted))
        {
            await Console.Error.WriteLineAsync($"usage: sandbox [--exit] [--macs 1..{MostMacs}] [--hosted]");
            return 64;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        try
        {
            return await RunAsync(macs, exit, hosted, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Console.WriteLine("Stopped.");
            return 130;
        }
    }

    private static async Task<int> RunAsync(int count, bool exit, bool hosted, CancellationToken cancel)
    {
        await using var world = await World.StartAsync(what => Say($"Starting the {what} …"), cancel, published: hosted ? Repository.Published : null);
        var people = Enumerable.Range(0, count).Select(number => new SandboxPerson(number)).ToList();
        var macs = new List<EnrollingMac>();
        try
        {
            var canaries = new Canaries();
            canaries.Add("the API key", world.ApiKey);
            var ids = new List<string>();
            var windows = await EnrollingMac.WindowsAsync(world, cancel);
            foreach (var person in people)
            {
                canaries.Add("a password", person.Password);
                canaries.Add("a secret word", person.Word);
                ids.Add(await world.AddPersonAsync(person, cancel));
                macs.Add(await EnrollingMac.StartAsync(world, person, $"C02SIM{macs.Count + 1:D5}", cancel, changeSettings: windows));
            }

            Say($"{count} Mac(s) and as many people are ready. Enrolling …");
            await using var watch = new ArgvWatch(canaries);
            var started = TimeProvider.System.GetTimestamp();
            var codes = await Task.WhenAll(macs.Select(mac => EnrollAsync(mac, count > 1, cancel)));
            var took = TimeProvider.System.GetElapsedTime(started);

            var done = 0;
            for (var i = 0; i < count; i++)
            {
                var wrong = codes[i] == 0 ? await Outcome.CheckAsync(world, macs[i], people[i], ids[i], cancel) : [$"prestage ended with {codes[i]}"];
                done += wrong.Count == 0 ? 1 : 0;
                Say($"{macs[i].SerialNumber}: {(wrong.Count == 0 ? "checked in the tenant, in the tables and on the Mac" : string.Join("; ", wrong))}");
            }

            var leaks = await LeaksAsync(world, macs, canaries, watch, cancel);
            foreach (var leak in leaks)
            {
                Say($"LEAK: {leak}");
            }

            Say($"No secret may be in logs, files, rows, messages, arguments or environments: {(leaks.Count == 0 ? "none was found" : "some were found")} ({watch.Reads} looks at processes)");
            PrintFigures(world, count, took);
            await StayAsync(world, exit, cancel);
            Say($"{done} of {count} Macs enrolled in {took.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)} s");
            return done == count && leaks.Count == 0 ? 0 : 1;
        }
        finally
        {
            foreach (var mac in macs)
            {
                await mac.DisposeAsync();
            }
        }
    }

    private static async Task<int> EnrollAsync(EnrollingMac mac, bool withName, CancellationToken cancel)
    {
        mac.OnLine = line =>
        {
            if (StepLine().Match(line) is { Success: true } step)
            {
                Say($"{(withName ? mac.SerialNumber + " " : string.Empty)}{step.Value}");
            }
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Longest);
        return await mac.RunAsync(MostStarts, limit.Token);
    }

    private static async Task<List<string>> LeaksAsync(
        World world, List<EnrollingMac> macs, Canaries canaries, ArgvWatch watch, CancellationToken cancel) =>
        [
            .. await watch.EndAsync(),
            .. canaries.Find("the backend's log", world.BackendLines),
            .. canaries.Find("a simulator's output", world.OtherLines),
            .. macs.SelectMany(mac => canaries.Find($"the output on {mac.SerialNumber}", mac.Lines)),
            .. canaries.FindInFiles(world.Directory),
            .. await canaries.FindInStorageAsync(world.StorageConnectionString, cancel),
        ];

    private static void PrintFigures(World world, int count, TimeSpan took)
    {
        var (tables, directory) = CallCosts.Sum(world.BackendLines);
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"Figures: {took.TotalSeconds:0.00} s from the first start to the last exit, {(double)directory / count:0.#} JumpCloud calls and {(double)tables / count:0.#} table operations for a Mac"));
    }

    private static async Task StayAsync(World world, bool exit, CancellationToken cancel)
    {
        if (exit)
        {
            return;
        }

        Say($"The backend answers at {world.BackendUrl} and the tenant at {world.TenantUrl}. Ctrl-C ends everything.");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
        }
        catch (OperationCanceledException)
        {
            // That is how a person ends it.
        }
    }

    private static bool TryParse(string[] args, out int macs, out bool exit, out bool hosted)
    {
        (macs, exit, hosted) = (1, false, false);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--exit":
                    exit = true;
                    break;
                case "--hosted":
                    hosted = true;
                    break;
                case "--macs" when i + 1 < args.Length
                    && int.TryParse(args[++i], NumberStyles.None, CultureInfo.InvariantCulture, out macs) && macs is >= 1 and <= MostMacs:
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static void Say(string line) => Console.WriteLine(line);

    [GeneratedRegex(@"\[ ?\d+/\d+\] .*")]
    private static partial Regex StepLine();
}
