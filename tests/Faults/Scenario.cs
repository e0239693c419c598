using System.Text.Json.Nodes;
using Prestage.Simulators.Mac.Faults;

namespace Prestage.Tests.Faults;

/// <summary>What is not as usual with a Mac and its person. Usual: FileVault is on, the person becomes an administrator and sets a password here.</summary>
internal sealed record Scenario(string Name)
{
    public static Scenario Usual { get; } = new("usual");

    /// <summary>The way in which most people are asked.</summary>
    public static Scenario Windows { get; } = new("windows") { Ui = "swiftDialog", DialogVersion = "3.0.1", Anew = ["preflight"], OnceAnew = true };

    /// <summary>Else the person has a password in the directory, and the agent makes the account.</summary>
    public bool SetsPassword { get; init; } = true;

    /// <summary>Else the enrollment user is the last administrator.</summary>
    public bool Admin { get; init; } = true;

    public bool FileVaultOn { get; init; } = true;

    /// <summary>The enrollment user's password is lent: for the Secure Token, and for JumpCloud's service account.</summary>
    public bool LentAdmin { get; init; }

    /// <summary>An account of the person's name, with another password.</summary>
    public bool AccountIsThere { get; init; }

    /// <summary>An account that an earlier start created for another person, Bea, whose enrollment this one supersedes.</summary>
    public bool Supersedes { get; init; }

    /// <summary>The setting <c>ui</c>.</summary>
    public string Ui { get; init; } = "console";

    /// <summary>swiftDialog that is there already; null: none.</summary>
    public string? DialogVersion { get; init; }

    /// <summary>How wrong the Mac's clock is at first.</summary>
    public TimeSpan ClockAhead { get; init; }

    /// <summary>Chosen in Setup Assistant.</summary>
    public string Language { get; init; } = "en-US";

    /// <summary>What else is set.</summary>
    public Action<JsonObject> Configure { get; init; } = _ => { };

    /// <summary>How long the agent takes to register, and to bring an account.</summary>
    public TimeSpan AgentDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Steps whose calls fail here too, though another scenario has them.</summary>
    public IReadOnlyList<string> Anew { get; init; } = [];

    /// <summary>Whether all calls fail here too, but once.</summary>
    public bool OnceAnew { get; init; }

    /// <summary>What is always wrong with this Mac.</summary>
    public IReadOnlyList<MacFault> Faults { get; init; } = [];
}
