namespace Prestage.Tests.Shim;

/// <summary>What a person sees of a text: without the marks around inserted values that keep right-to-left names in order.</summary>
internal static class PlainText
{
    public static string Of(string shown) => string.Concat(shown.Where(c => c is not ('\u2068' or '\u2069')));
}
