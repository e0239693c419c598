extern alias shim;

using shim::Prestage.Shim.Ui;
using shim::Prestage.Wire;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>Answers one a line, in the order asked.</summary>
public sealed class ConsoleUiTests : IDisposable
{
    private readonly StringWriter shown = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_are_read_in_the_order_asked()
    {
        var ui = Ui("anna@example.com\nE-17\nGeheim 1!\nGeheim 2!\n");
        var who = await ui.AskIdentityAsync(askSecret: true, Cancel);
        var typed = await ui.AskPasswordAsync(new Account("anna", "Anna Berg", false), null, Cancel);
        Assert.Equal(
            ["anna@example.com", "E-17", "Geheim 1!", "Geheim 2!"],
            [who.Identifier, who.Secret!.Reveal(), typed.Password.Reveal(), typed.Again.Reveal()]);
    }

    [Fact]
    public async Task The_secret_is_skipped_where_it_is_not_asked()
    {
        var ui = Ui("anna@example.com\nGeheim 1!\nGeheim 1!\n");
        Assert.Null((await ui.AskIdentityAsync(askSecret: false, Cancel)).Secret);
        Assert.Equal("Geheim 1!", (await ui.AskPasswordAsync(new Account("anna", "Anna Berg", false), null, Cancel)).Password.Reveal());
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
        await Ui("x\nx\n").AskPasswordAsync(new Account("anna", "Anna Berg", false), policy, Cancel);
        Assert.Contains(
            "It needs at least 12 characters, a small letter, a capital letter, a digit. It must not contain your user name.",
            shown.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_the_input_is_said_and_not_waited_for() =>
        await Assert.ThrowsAsync<NoAnswerException>(() => Ui("anna\n").AskIdentityAsync(askSecret: true, Cancel));

    public void Dispose() => shown.Dispose();

    private ConsoleUi Ui(string input) => new(new LineAnswers(new StringReader(input), shown), shown);
}
