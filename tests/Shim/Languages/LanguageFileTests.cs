extern alias shim;

using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Prestage.Simulators;
using shim::Prestage.Shim.Languages;
using Xunit;

namespace Prestage.Tests.Shim.Languages;

/// <summary>The language files against the sentences that the program uses.</summary>
public sealed class LanguageFileTests
{
    private static readonly IReadOnlyDictionary<string, string> English = LanguageFiles.Read("en");

    public static TheoryData<string> Others => [.. LanguageFiles.Tags.Where(tag => tag != "en")];

    [Fact]
    public void English_has_every_sentence_and_no_other() =>
        Assert.Equal(Phrases().Select(phrase => phrase.Key).Order(StringComparer.Ordinal), English.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_sentence_gets_a_value_for_each_placeholder_and_no_other() =>
        Assert.All(Phrases(), phrase => Assert.Equal(Names(English[phrase.Key]), phrase.Values.Select(value => value.Name).Order(StringComparer.Ordinal)));

    [Fact]
    public void Every_sentence_is_used()
    {
        var sources = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "shim"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.All(Members(), member => Assert.Matches($@"\bWords\.{member.Name}\b", sources));
    }

    [Fact]
    public void German_is_there() => Assert.Contains("de", LanguageFiles.Tags);

    [Theory]
    [MemberData(nameof(Others))]
    public void Every_language_has_every_key_with_the_same_placeholders(string tag)
    {
        var texts = LanguageFiles.Read(tag);
        Assert.Equal(English.Keys.Order(StringComparer.Ordinal), texts.Keys.Order(StringComparer.Ordinal));
        Assert.All(English, pair => Assert.Equal(Names(pair.Value), Names(texts[pair.Key])));
    }

    [Fact]
    public void No_file_has_a_key_twice_or_an_empty_text_or_a_stray_brace() => Assert.All(LanguageFiles.Tags, tag =>
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "shim", "Languages", $"{tag}.json")));
        var members = file.RootElement.EnumerateObject().ToArray();
        Assert.Equal(members.Length, members.DistinctBy(member => member.Name).Count());
        Assert.All(members, member => Assert.Matches(@"^[^{}\p{C}]+$", Regex.Replace(member.Value.GetString()!, @"\{[A-Za-z]+\}", "x")));
    });

    [Fact]
    public void No_sentence_for_the_person_is_written_in_the_program() => Assert.All(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "shim"), "*.cs", SearchOption.AllDirectories),
        file => Assert.DoesNotMatch(@"Ui\.\w+Async\(\s*\$?""|Sentence => """, File.ReadAllText(file)));

    private static string[] Names(string text) => [.. Texts.Placeholders(text).Distinct().Order(StringComparer.Ordinal)];

    private static IEnumerable<MemberInfo> Members() =>
        typeof(Words).GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(member => member is PropertyInfo or MethodInfo { IsSpecialName: false });

    private static IEnumerable<Phrase> Phrases() => Members().Select(member => (Phrase)(member is PropertyInfo property
        ? property.GetValue(null)
        : ((MethodInfo)member).Invoke(null, [.. ((MethodInfo)member).GetParameters().Select(Example)]))!);

    private static object Example(ParameterInfo parameter) => parameter.ParameterType == typeof(int) ? 7 : "x";
}
