extern alias shim;

using Prestage.Simulators.Mac.Dialogs;
using Prestage.Tests.Shim.Steps;
using Xunit;
using Account = shim::Prestage.Wire.Account;

namespace Prestage.Tests.Shim.Ui;

/// <summary>Whole enrollments by the real program with plain dialogs of macOS.</summary>
public sealed class OsascriptRunTests
{
    [Fact]
    public async Task A_Mac_is_enrolled_with_one_dialog_for_each_answer()
    {
        await using var bench = await StartAsync();
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Empty(bench.Warnings);
        Assert.Equal(["E-mail address", "Your code", "Password", "Password again"], Questions(bench).Select(Label));
        Assert.Equal([false, true, true, true], Questions(bench).Select(window => (bool)window.Content["hidden"]!));
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Command == "dialog");
    }

    [Fact]
    public async Task The_steps_are_notifications()
    {
        await using var bench = await StartAsync();
        await bench.RunAsync();
        var said = bench.Mac.Dialogs.Shown.Where(window => !window.Asks).Select(window => (string?)window.Content["message"]);
        Assert.Superset(new HashSet<string?> { "Installing device management", "Creating your account", "Finishing" }, new HashSet<string?>(said));
    }

    [Theory]
    [InlineData(nameof(ActKind.Close))]
    [InlineData(nameof(ActKind.Crash))]
    public async Task A_cancelled_question_is_asked_again(string act)
    {
        await using var bench = await StartAsync(new PersonAct { Kind = Enum.Parse<ActKind>(act) });
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(["E-mail address", "E-mail address", "Your code", "Password", "Password again"], Questions(bench).Select(Label));
    }

    [Fact]
    public async Task A_question_that_nobody_answers_gives_up_by_itself_and_is_asked_again()
    {
        await using var bench = await MacBench.StartAsync(
            mac =>
            {
                mac.Time = new HurriedTime(600);
                mac.Person!.Acts = [Left("E-mail address"), new PersonAct(), new PersonAct(), Left("Password")];
            },
            settings => settings["ui"] = "osascript",
            new Account("anna", "Anna Berg", Admin: true));
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(["E-mail address", "E-mail address", "Your code", "Password", "Password", "Password again"], Questions(bench).Select(Label));
        Assert.Equal(1, bench.Service.Count("/api/verify"));
        Assert.Equal(MacBench.Password, bench.Service.Password);

        static PersonAct Left(string label) => new() { Kind = ActKind.Leave, Values = { [label] = "hal" } };
    }

    [Fact]
    public async Task Two_passwords_that_differ_are_asked_again_and_not_sent()
    {
        await using var bench = await StartAsync(new PersonAct(), new PersonAct(), new PersonAct { Values = { ["Password"] = "Geheim-1!" } });
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Contains("not the same", (string?)Questions(bench)[4].Content["message"], StringComparison.Ordinal);
        Assert.Equal(1, bench.Service.Count("/api/activate"));
    }

    private static Task<MacBench> StartAsync(params PersonAct[] acts) => MacBench.StartAsync(
        mac => mac.Person!.Acts = acts, settings => settings["ui"] = "osascript", new Account("anna", "Anna Berg", Admin: true));

    private static ShownWindow[] Questions(MacBench bench) => [.. bench.Mac.Dialogs.Shown.Where(window => window.Asks)];

    private static string Label(ShownWindow window) => PlainText.Of((string)window.Content["message"]!).Split('\n')[^1];
}
