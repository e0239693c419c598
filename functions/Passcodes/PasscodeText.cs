using System.Security.Cryptography;

namespace Prestage.Functions.Passcodes;

/// <summary>
/// How a passcode looks: <c>ABCDE-FGHJK</c>, 10 of 31 letters and digits that are not taken for one another (no 0 O 1 I L), 49.5 bits.
/// </summary>
internal static class PasscodeText
{
    /// <summary>The characters of a passcode.</summary>
    public const string Alphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

    private const int Length = 10;
    private const int GroupLength = 5;

    /// <summary>A new passcode, grouped for reading aloud.</summary>
    public static Secret Create() => new(RandomNumberGenerator.GetString(Alphabet, Length).Insert(GroupLength, "-"));

    /// <summary>The same text for every spelling: capitals, without spaces and dashes of any kind.</summary>
    public static string Normalize(Secret typed) =>
        new([.. typed.Reveal().Where(c => !char.IsWhiteSpace(c) && !char.IsPunctuation(c)).Select(char.ToUpperInvariant)]);
}
