extern alias shim;

using shim::Prestage.Shim.Languages;
using shim::Prestage.Shim.Mac;
using Xunit;

namespace Prestage.Tests.Shim.Languages;

/// <summary>Which language is taken, and how a value gets into a sentence.</summary>
public sealed class TextsTests
{
    private static readonly Dictionary<string, string> NoneOfOurOwn = [];

    [Theory]
    [InlineData("de", "de")]
    [InlineData("de", "de-AT")]
    [InlineData("de", "DE-de")]
    [InlineData("de", "de-Latn-CH")]
    [InlineData("de", "fr-FR", "de-DE", "en")]
    [InlineData("en", "en-GB", "de-DE")]
    [InlineData("en", "fr-FR")]
    [InlineData("en", "-", "")]
    [InlineData("en")]
    public void The_first_language_that_there_is_wins(string taken, params string[] wanted) =>
        Assert.Equal(taken, Texts.Choose(wanted, NoneOfOurOwn).Language);

    [Fact]
    public void Own_texts_stand_before_the_files_and_the_rest_stays()
    {
        var texts = Texts.Choose(["de"], new Dictionary<string, string> { ["noMatch"] = "Leider nein." });
        Assert.Equal("Leider nein.", texts.Of(Words.NoMatch));
        Assert.Equal("Wer sind Sie?", texts.Of(Words.IdentifyTitle));
    }

    [Fact]
    public void A_value_stands_in_a_directional_isolate() =>
        Assert.Equal("Hello, \u2068ענת ברג\u2069.", Texts.Choose([], NoneOfOurOwn).Of(Words.Hello("ענת ברג")));

    [Fact]
    public void A_value_cannot_turn_the_text_around_it_or_begin_a_line() =>
        Assert.Equal("Hello, \u2068Anna  Berg\u2069.", Texts.Choose([], NoneOfOurOwn).Of(Words.Hello("\u202EAnna\u2069 \nBerg\u2066")));

    [Fact]
    public void A_value_that_looks_like_a_placeholder_stays_as_it_is() =>
        Assert.Equal("Hello, \u2068{name} {count}\u2069.", Texts.Choose([], NoneOfOurOwn).Of(Words.Hello("{name} {count}")));

    [Fact]
    public void The_place_where_it_is_shown_can_escape_values_and_not_the_sentence() =>
        Assert.Equal("Hello, \u2068<Anna>\u2069.", Texts.Choose([], NoneOfOurOwn).Of(Words.Hello("Anna"), value => $"<{value}>"));

    [Theory]
    [InlineData("""["de-DE","en-DE"]""", "de-DE", "en-DE")]
    [InlineData("[]")]
    [InlineData("""{"a":1}""")]
    [InlineData("(\n    \"de-DE\"\n)")]
    [InlineData("")]
    public void The_Macs_languages_are_read_from_JSON_and_nothing_else(string said, params string[] tags) =>
        Assert.Equal(tags, Machine.ParseLanguages(said));
}
