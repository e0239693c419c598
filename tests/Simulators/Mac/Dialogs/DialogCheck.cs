using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.Mac.Dialogs;

/// <summary>Finds what swiftDialog would ignore, stumble over or leak in a window's JSON.</summary>
internal static class DialogCheck
{
    private static readonly string[] Texts =
    [
        "title", "titlefont", "message", "messagefont", "messagealignment", "icon", "iconalttext", "overlayicon", "button1text", "button2text",
        "infobuttontext", "infobuttonaction", "infotext", "infobox", "helpmessage", "progresstext", "width", "height", "position", "bannerimage", "bannertitle",
    ];

    private static readonly string[] Switches = ["button1disabled", "blurscreen", "ontop", "moveable", "hideotherapps", "resizable"];
    private static readonly string[] FieldKeys = ["title", "name", "required", "secure", "confirm", "prompt", "value", "regex", "regexerror"];
    private static readonly string[] States = ["wait", "success", "fail", "error", "pending", "progress"];

    public static IEnumerable<string> Faults(JsonObject window)
    {
        foreach (var (key, value) in window)
        {
            var kind = value?.GetValueKind();
            var right = Texts.Contains(key) ? kind == JsonValueKind.String
                : Switches.Contains(key) ? kind is JsonValueKind.True or JsonValueKind.False
                : key switch
                {
                    "progress" => kind == JsonValueKind.Number,
                    "textfield" or "listitem" => kind == JsonValueKind.Array,
                    _ => false,
                };
            if (!right)
            {
                yield return $"{key} is not known, or is a {kind}";
            }
        }

        if (window.ContainsKey("infobuttontext") && window.ContainsKey("infotext"))
        {
            yield return "the infotext stands where the info button would be";
        }

        if (window.ContainsKey("infobuttonaction") && (bool?)window["blurscreen"] == true)
        {
            yield return "what the info button opens is behind the blurred screen";
        }

        // Even a false one (swiftDialog issue 506).
        if (window.ContainsKey("infobuttonaction") && window.ContainsKey("ontop"))
        {
            yield return "what the info button opens is behind the floating window";
        }

        if (((string?)window["message"])?.EndsWith(".md", StringComparison.OrdinalIgnoreCase) == true)
        {
            yield return "a message that ends with .md is taken for a file";
        }

        foreach (var fault in Objects(window, "textfield").SelectMany(FieldFaults).Concat(Objects(window, "listitem").SelectMany(RowFaults)))
        {
            yield return fault;
        }
    }

    public static IEnumerable<JsonObject> Objects(JsonObject window, string key) => (window[key] as JsonArray ?? []).OfType<JsonObject>();

    private static IEnumerable<string> FieldFaults(JsonObject field)
    {
        foreach (var key in field.Select(member => member.Key).Where(key => !FieldKeys.Contains(key)))
        {
            yield return $"a field's {key} is not known";
        }

        if ((bool?)field["secure"] == true && (field.ContainsKey("regex") || field.ContainsKey("value") || field.ContainsKey("prompt")))
        {
            yield return $"the secure field {field["name"]} has a regex, value or prompt: swiftDialog logs it, or does not show it";
        }

        if (string.IsNullOrEmpty((string?)field["name"]) || string.IsNullOrEmpty((string?)field["title"]))
        {
            yield return "a field has no name or no title";
        }
    }

    private static IEnumerable<string> RowFaults(JsonObject row)
    {
        if (string.IsNullOrEmpty((string?)row["title"]) || !States.Contains((string?)row["status"]))
        {
            yield return "a row has no title or no known status";
        }
    }
}
