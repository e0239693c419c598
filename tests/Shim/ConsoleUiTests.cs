extern alias shim;

using shim::Prestage.Shim.Languages;
using shim::Prestage.Shim.Settings;
using shim::Prestage.Shim.Ui;
using shim::Prestage.Wire;
using Xunit;
using ShimSecret = shim::Prestage.Secret;

namespace Prestage.Tests.Shim;

/// <summary>Answers one a line, in the order asked.</summary>
public sealed class ConsoleUiTests : IDisposable
{
    private static readonly Account Anna = new("anna", "Anna Berg", false);
    private readonly StringWriter shown = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_are_read_in_the_order_asked()
    {
        var ui = Ui("anna@example.com\nE-17\nGeheim 1!\nGeheim 2!\n");
        var who = await ui.AskIdentityAsync(askSecret: true, Cancel);
        var typed = await ui.AskPasswordAsync(Anna, [], Cancel);
        Assert.Equal(
            ["anna@example.com", "E-17", "Geheim 1!", "Geheim 2!"],
            [who.Identifier, who.Secret!.Reveal(), typed.Password.Reveal(), typed.Again.Reveal()]);
    }

    [Fact]
    public async Task The_secret_is_skipped_where_it_is_not_asked()
    {
        var ui = Ui("anna@example.com\nGeheim 1!\nGeheim 1!\n");
        Assert.Null((await ui.AskIdentityAsync(askSecret: false, Cancel)).Secret);
        Assert.Equal("Geheim 1!", (await ui.AskPasswordAsync(Anna, [], Cancel)).Password.Reveal());
    }

    [Fact]
    public async Task No_answer_is_shown_again()
    {
        await Ui("anna\nE-17\n").AskIdentityAsync(askSecret: true, Cancel);
        Assert.DoesNotContain("E-17", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_rules_are_shown()
    {
        var policy = new PasswordPolicy(12, Lowercase: true, Uppercase: true, Number: true, Symbol: false, NotUsername: true);
        await Ui("x\nx\n").AskPasswordAsync(Anna, PasswordRules.Of(policy), Cancel);
        var lines = PlainText.Of(shown.ToString()).Split('\n', StringSplitOptions.TrimEntries);
        Assert.Superset(
            new HashSet<string> { "At least 12 characters", "A lowercase letter", "An uppercase letter", "A digit", "It must not contain your user name" },
            new HashSet<string>(lines));
        Assert.DoesNotContain("A special character", lines);
    }

    [Fact]
    public void Each_rule_is_judged_by_what_was_typed()
    {
        var policy = new PasswordPolicy(8, Lowercase: true, Uppercase: true, Number: true, Symbol: true, NotUsername: true);
        Assert.Equal([true, true, true, true, true, true], Judge("Geheim-1"));
        Assert.Equal([false, true, true, true, true, true], Judge("Gehei-1"));
        Assert.Equal([true, false, true, true, true, true], Judge("GEHEIM-1"));
        Assert.Equal([true, true, false, true, true, true], Judge("geheim-1"));
        Assert.Equal([true, true, true, false, true, true], Judge("Geheim--"));
        Assert.Equal([true, true, true, true, false, true], Judge("Geheim11"));
        Assert.Equal([true, true, true, true, true, false], Judge("Geheim-1-ANNA"));

        bool?[] Judge(string typed) => [.. PasswordRules.Judge(policy, "anna", new ShimSecret(typed)).Select(rule => rule.Met)];
    }

    [Fact]
    public async Task The_end_of_the_input_is_said_and_not_waited_for() =>
        await Assert.ThrowsAsync<NoAnswerException>(() => Ui("anna\n").AskIdentityAsync(askSecret: true, Cancel));

    public void Dispose() => shown.Dispose();

    private ConsoleUi Ui(string input) => new(
        new LineAnswers(new StringReader(input), shown), shown, Texts.Choose([], new Dictionary<string, string>()), new Branding(null, null, null));
}
