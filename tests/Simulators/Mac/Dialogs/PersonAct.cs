namespace Prestage.Simulators.Mac.Dialogs;

/// <summary>What a person, or bad luck, does with a question.</summary>
internal enum ActKind
{
    /// <summary>Types and goes on.</summary>
    Answer,

    /// <summary>Types two passwords that differ; swiftDialog shows it and stays.</summary>
    Mismatch,

    /// <summary>Closes the window, or cancels.</summary>
    Close,

    /// <summary>Presses the info button: a page opens and the window stays; without a page it closes.</summary>
    Inform,

    /// <summary>Leaves it as it is, with whatever was typed by then.</summary>
    Leave,

    /// <summary>The program dies.</summary>
    Crash,

    /// <summary>The program ends as if answered, and prints something else.</summary>
    Garble,
}

/// <summary>One reaction to one question; after the last of them the person answers rightly.</summary>
internal sealed class PersonAct
{
    public ActKind Kind { get; set; }

    /// <summary>What is typed instead of the right answer, by the field's name, or by its label in dialogs without names.</summary>
    public Dictionary<string, string> Values { get; set; } = [];
}
