using System.Globalization;
using System.Text.Json.Nodes;
using Prestage.Shim.Languages;
using Prestage.Shim.Settings;
using Prestage.Wire;

namespace Prestage.Shim.Ui.SwiftDialog;

/// <summary>What each window shows, as swiftDialog's JSON. Values of people and of the service are escaped; the organization's own words may be Markdown.</summary>
internal sealed class DialogPages(Texts texts, Branding branding, Uri? helpUrl)
{
    public const string Identifier = "identifier";
    public const string Code = "secret";
    public const string Password = "password";
    private const string DefaultIcon = "SF=person.crop.circle.fill,colour=blue";

    // swiftDialog draws the line at the bottom in the button's place: with a button the code stands at the side.
    private string CodePlace => helpUrl is null ? "infotext" : "infobox";

    /// <summary>The list of the steps.</summary>
    public JsonObject Progress(StepRows rows, int row, string supportCode, IReadOnlyList<Phrase> notes)
    {
        var page = Page(680, [branding.Message, .. Notes(notes)], supportCode);
        page["button1text"] = texts.Of(Words.ContinueButton);
        page["button1disabled"] = true;
        page["listitem"] = new JsonArray([.. rows.Rows.Select((sentence, at) => new JsonObject { ["title"] = texts.Of(sentence), ["status"] = Status(at, row) })]);
        page["progress"] = rows.Rows.Count;
        page["progresstext"] = texts.Of(rows.Rows[row]);
        return page;
    }

    /// <summary>The commands that bring the list to that line.</summary>
    public IReadOnlyList<string> MoveTo(StepRows rows, int row, string supportCode) =>
    [
        .. rows.Rows.Select((_, at) => $"listitem: index: {at}, status: {Status(at, row)}"),
        $"progress: {row}",
        ProgressText(rows.Rows[row]),
        $"{CodePlace}: {DialogText.Command(texts.Of(Words.SupportCode(supportCode)))}",
    ];

    public string ProgressText(Phrase sentence) => $"progresstext: {DialogText.Command(texts.Of(sentence))}";

    public JsonObject Identity(bool askSecret, string supportCode, IReadOnlyList<Phrase> notes)
    {
        var page = Page(
            460,
            [Heading(Words.IdentifyTitle), .. Notes(notes), Text(askSecret ? Words.IdentifyMessageSecret : Words.IdentifyMessage)],
            supportCode);
        var code = Field(Words.SecretField, Code);
        code["secure"] = true;
        page["textfield"] = askSecret ? new JsonArray(Field(Words.IdentifierField, Identifier), code) : new JsonArray(Field(Words.IdentifierField, Identifier));
        return page;
    }

    public JsonObject NewPassword(Account account, IReadOnlyList<PasswordRule> rules, string supportCode, IReadOnlyList<Phrase> notes)
    {
        var list = string.Join('\n', rules.Select(rule => $"- {Text(rule.Describe(texts))}"));
        var page = Page(
            680,
            [
                Heading(Words.PasswordTitle),
                .. Notes(notes),
                Text(Words.PasswordMessage(account.FullName, account.Username)),
                rules.Count == 0 ? null : $"{Text(Words.RulesTitle)}\n\n{list}",
            ],
            supportCode);

        // No "regex": swiftDialog writes what does not match it into the Mac's log, also of secure fields.
        var field = Field(Words.PasswordField, Password);
        field["secure"] = true;
        field["confirm"] = true;
        page["textfield"] = new JsonArray(field);
        return page;
    }

    public JsonObject Stopped(string supportCode, IReadOnlyList<Phrase> notes)
    {
        var page = Page(420, [Heading(Words.StoppedTitle), .. Notes(notes), Text(Words.Stopped(supportCode))], supportCode);
        page["overlayicon"] = "SF=exclamationmark.triangle.fill,colour=orange";
        page["button1text"] = texts.Of(Words.CloseButton);
        return page;
    }

    private static string Status(int at, int row) => at < row ? "success" : at == row ? "wait" : "pending";

    private string Heading(Phrase phrase) => $"### {Text(phrase)}";

    private string Text(Phrase phrase) => texts.Of(phrase, DialogText.Markdown);

    private IEnumerable<string> Notes(IReadOnlyList<Phrase> notes) => notes.Select(note => $"**{Text(note)}**");

    private JsonObject Field(Phrase title, string name) => new() { ["title"] = texts.Of(title), ["name"] = name, ["required"] = true };

    // No timer and no default keyboard action taken away: nobody is hurried, and the keyboard alone does.
    private JsonObject Page(int height, IEnumerable<string?> paragraphs, string supportCode)
    {
        var page = Page(height, paragraphs);
        page[CodePlace] = texts.Of(Words.SupportCode(supportCode));
        if (helpUrl is null)
        {
            page["blurscreen"] = true;
            page["ontop"] = true;
        }
        else
        {
            // The window stays (quitoninfo is off), and the browser must not come up behind it: no "ontop" at all, as its mere presence can
            // float the window (swiftDialog issue 506).
            page["infobuttontext"] = texts.Of(Words.HelpButton);
            page["infobuttonaction"] = helpUrl.AbsoluteUri;
        }

        return page;
    }

    private JsonObject Page(int height, IEnumerable<string?> paragraphs) => new()
    {
        ["title"] = branding.Title ?? texts.Of(Words.Title),
        ["titlefont"] = "size=28",
        ["message"] = string.Join("\n\n", paragraphs.OfType<string>()),
        ["messagefont"] = "size=16",
        ["icon"] = branding.Logo ?? DefaultIcon,
        ["iconalttext"] = branding.Title ?? texts.Of(Words.Title),
        ["button1text"] = texts.Of(Words.ContinueButton),
        ["helpmessage"] = Text(Words.HelpMessage),
        ["width"] = "900",
        ["height"] = height.ToString(CultureInfo.InvariantCulture),
        ["moveable"] = true,
    };
}
