namespace Prestage.Tests.Authorization;

/// <summary>How far the enrollments are that a row is tried on.</summary>
internal enum EnrollmentStage
{
    Verified,
    Activated,
    Associated,
}

/// <summary>Who calls.</summary>
internal static class Callers
{
    public const string Nobody = "nobody";
    public const string Proof = "the Mac's proof";
    public const string ProofOfAnother = "another Mac's proof";
    public const string Token = "the own token";
    public const string TokenOfAnother = "another Mac's token";
    public const string MixedToken = "the own id with another's token";
    public const string ExpiredToken = "an expired token";
    public const string ReplacedToken = "a token that was renewed since";
    public const string TokenOfSuperseded = "a superseded enrollment's token";
    public const string Reader = "a reader";
    public const string Operator = "an operator";
    public const string PortalKey = "a portal key where none is set";
    public const string DeviceKey = "a device key alone";
    public const string ClaimAlone = "a Mac's id without a device key";
    public const string ForgedProof = "a forged proof";
    public const string OtherProof = "the proof of the other trust mode";

    public static IReadOnlyList<string> All { get; } =
    [
        Nobody, MixedToken, ExpiredToken, ReplacedToken, PortalKey, DeviceKey, ClaimAlone, OtherProof, ForgedProof, TokenOfSuperseded, TokenOfAnother, ProofOfAnother, Token, Proof, Reader, Operator,
    ];
}

/// <summary>One route: what it answers to everyone, and to whom something else.</summary>
/// <param name="Route">Method and pattern.</param>
/// <param name="Stage">Where an enrollment has to be for the route to do its work.</param>
/// <param name="Body">A right body; null for none.</param>
/// <param name="Otherwise">Status and code for all who are not listed.</param>
/// <param name="Exceptions">Caller and answer; <c>own</c> after the status: on the caller's own enrollment only.</param>
internal sealed record AuthorizationRow(
    string Route, EnrollmentStage Stage, Func<AuthorizationScene, object>? Body, string Otherwise, params (string Caller, string Answer)[] Exceptions)
{
    private const string Own = " own";

    public string Method => Route[..Route.IndexOf(' ', StringComparison.Ordinal)];

    public string Path => Route[(Method.Length + 1)..];

    public string Expected(string caller) => Answer(caller).Replace(Own, string.Empty, StringComparison.Ordinal);

    /// <summary>Whether the call may change the enrollment of the Mac that the scene is about.</summary>
    public bool MayChange(string caller) => Answer(caller) is ['2', ..] answer && !answer.EndsWith(Own, StringComparison.Ordinal);

    private string Answer(string caller) => Exceptions.SingleOrDefault(exception => exception.Caller == caller).Answer ?? Otherwise;
}
