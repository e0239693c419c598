using System.Text.Json.Serialization;
using Prestage.Wire;

namespace Prestage.Shim.State;

/// <summary>
/// What a start after a crash, a reboot or a lost network must know. Never a password, never the token. A journal of an earlier version lacks members:
/// lists are then empty.
/// </summary>
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

    /// <summary>Accounts that we created for people whom another person has superseded on this Mac.</summary>
    public IReadOnlyList<SupersededAccount> Superseded { get => field ?? []; init; }

    /// <summary>The person's Secure Token, as verified after the login.</summary>
    public bool? SecureToken { get; init; }

    /// <summary>The service may have taken <c>complete</c>. Written before the call, as its answer can be lost.</summary>
    public bool CompleteSent { get; init; }

    /// <summary>Ends in a row at which no step was done.</summary>
    public int Stops { get; init; }

    /// <summary>Seconds from the boot to the last of them.</summary>
    public double StoppedAt { get; init; }

    /// <summary>Seconds spent in each step, over all starts.</summary>
    public IReadOnlyDictionary<string, double> Seconds { get => field ?? new Dictionary<string, double>(); init; }

    /// <summary>Why a step left its work to someone else.</summary>
    public IReadOnlyDictionary<string, string> Left { get => field ?? new Dictionary<string, string>(); init; }

    /// <summary>Codes of what IT should look at.</summary>
    public IReadOnlyList<string> Warnings { get => field ?? []; init; }

    /// <summary>Reports that the service has not taken yet.</summary>
    public IReadOnlyList<UnsentReport> Unsent { get => field ?? []; init; }

    /// <summary><c>step/code</c> of everything reported, so that a restart does not repeat it.</summary>
    public IReadOnlyList<string> Reported { get => field ?? []; init; }

    /// <summary>The person is bound, or about to be: the password can no longer be set from here.</summary>
    [JsonIgnore]
    public bool IsBound => State is >= EnrollmentState.Associating and <= EnrollmentState.Completed;

    /// <summary>
    /// The journal of that enrollment. If another one was open before, what was done, warned and reported about it is gone: it concerns another
    /// history, mostly another person. What the Mac itself did (the open step, created accounts) stays.
    /// </summary>
    public Journal Of(string enrollmentId)
    {
        var own = EnrollmentId is null || EnrollmentId == enrollmentId
            ? this
            : new Journal { Step = Step, Stops = Stops, StoppedAt = StoppedAt, CreatedAccount = CreatedAccount, Superseded = Superseded };
        return own with { EnrollmentId = enrollmentId };
    }
}

/// <summary>An account that we created and that its enrollment will not use.</summary>
/// <param name="Settled">It was disabled and hidden; IT may have changed that since.</param>
internal sealed record SupersededAccount(string Name, bool Settled);

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
