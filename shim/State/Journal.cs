using System.Text.Json.Serialization;
using Prestage.Wire;

namespace Prestage.Shim.State;

/// <summary>What a start after a crash, a reboot or a lost network must know. Never a password, never the token.</summary>
internal sealed record Journal
{
    /// <summary>The step that is open; those before it are done. Null: the first one.</summary>
    public string? Step { get; init; }

    public string? EnrollmentId { get; init; }

    public Account? Account { get; init; }

    public bool PasswordRequired { get; init; }

    public PasswordPolicy? PasswordPolicy { get; init; }

    /// <summary>What the service last said.</summary>
    public EnrollmentState? State { get; init; }

    /// <summary>Short name of the account that we create. Written before the create call, so that a crash cannot make it a stranger's.</summary>
    public string? CreatedAccount { get; init; }

    /// <summary>The person's Secure Token, as verified after the login.</summary>
    public bool? SecureToken { get; init; }

    /// <summary>The service may have taken <c>complete</c>. Written before the call, as its answer can be lost.</summary>
    public bool CompleteSent { get; init; }

    /// <summary>Ends in a row at which no step was done.</summary>
    public int Stops { get; init; }

    /// <summary>Seconds from the boot to the last of them.</summary>
    public double StoppedAt { get; init; }

    /// <summary>Seconds spent in each step, over all starts.</summary>
    public IReadOnlyDictionary<string, double> Seconds { get; init; } = new Dictionary<string, double>();

    /// <summary>Why a step left its work to someone else.</summary>
    public IReadOnlyDictionary<string, string> Left { get; init; } = new Dictionary<string, string>();

    /// <summary>Codes of what IT should look at.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reports that the service has not taken yet.</summary>
    public IReadOnlyList<UnsentReport> Unsent { get; init; } = [];

    /// <summary><c>step/code</c> of everything reported, so that a restart does not repeat it.</summary>
    public IReadOnlyList<string> Reported { get; init; } = [];

    /// <summary>The person is bound, or about to be: the password can no longer be set from here.</summary>
    [JsonIgnore]
    public bool IsBound => State is >= EnrollmentState.Associating and <= EnrollmentState.Completed;
}

/// <summary>A report that waits for the service.</summary>
internal sealed record UnsentReport(string Level, string Step, string Code, string Message);

/// <summary>What stays on the Mac when everything is done.</summary>
internal sealed record Receipt(
    DateTimeOffset At, string? EnrollmentId, string Outcome, string? Username, bool SecureToken, IReadOnlyDictionary<string, double> Seconds,
    IReadOnlyDictionary<string, string> Left, IReadOnlyList<string> Warnings);

/// <summary>JSON of the state directory.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Journal))]
[JsonSerializable(typeof(Receipt))]
internal sealed partial class StateJson : JsonSerializerContext;
