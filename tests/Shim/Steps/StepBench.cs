extern alias shim;

using shim::Prestage.Shim.Commands;
using shim::Prestage.Shim.Languages;
using shim::Prestage.Shim.Logging;
using shim::Prestage.Shim.Mac;
using shim::Prestage.Shim.Processes;
using shim::Prestage.Shim.Running;
using shim::Prestage.Shim.Settings;
using shim::Prestage.Shim.State;
using Xunit;
using Account = shim::Prestage.Wire.Account;

namespace Prestage.Tests.Shim.Steps;

/// <summary>Single steps in this process on a bench's simulated Mac, for those whose patience is shortened.</summary>
internal sealed class StepBench : IDisposable
{
    private readonly StringWriter log = new();
    private readonly Composition composition;

    public StepBench(MacBench bench)
    {
        var paths = new MacPaths(bench.Mac.Root);
        var state = new StateDirectory(paths);
        state.Create();
        composition = new Composition(
            SettingsParser.Parse(File.ReadAllBytes(bench.Path("config.json")), "config.json"),
            Texts.Choose([], new Dictionary<string, string>()),
            paths,
            new CommandRunner(paths, TimeProvider.System),
            state,
            new StepLog(log, null, TimeProvider.System),
            TimeProvider.System);
        Know(bench.Service.Account);
    }

    public StepContext Context => composition.Context;

    public string Log => log.ToString();

    /// <summary>Codes of everything that was reported.</summary>
    public IEnumerable<string> Reported => Context.Journal.Current.Reported.Select(key => key[(key.IndexOf('/') + 1)..]);

    /// <summary>As if step 5 had said whose Mac it is.</summary>
    public void Know(Account account) => Context.Journal.Update(journal => journal with { Account = account, PasswordRequired = true });

    public Task<StepOutcome> RunAsync(IStep step) => step.RunAsync(Context, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        composition.Dispose();
        log.Dispose();
    }
}
