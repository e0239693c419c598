using FsCheck;
using FsCheck.Fluent;
using Prestage.Functions.Hosting;
using Prestage.Functions.Identity;
using Prestage.Functions.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Fuzz;

/// <summary>Whatever is typed as an identifier is looked for as it is, and finds at most the one person whose field it equals.</summary>
public sealed class SearchFuzz
{
    private static readonly string[] Names =
    [
        "Berg", "berg-Lund", "O'Neil", ".*", "^$", "a|b", "{\"$ne\":\"\"}", "(?i)x", "\\E", "lastname:$eq:Berg", "\u0430nna", "Stra\u00dfe", "\u03a3\u03c3\u03c2", "e\u0301", "\u00e9", "a", "%00", "a, b",
    ];

    // What is typed comes near to what is there: taken as it is, in another case, changed a little, or something else altogether.
    private static readonly Gen<string> Typed = Gen.OneOf(
        Hostile.Mutated(Gen.Elements(Names)), Gen.Elements(Names).Select(name => name.ToUpperInvariant()), Gen.Elements(Names).Select(name => $" {name.ToLowerInvariant()} "), Hostile.Text)
        .Where(text => Fields.Text("identifier", text, Identifier.Longest) is null && !text.Any(char.IsSurrogate));

    [Theory]
    [InlineData("lastname")]
    [InlineData("description")]
    public async Task An_identifier_finds_the_person_whose_field_it_equals_and_nobody_else(string field)
    {
        await using var backend = await Backend.StartAsync(new() { ["Identity:Identifier"] = field });
        var people = Names.Select((name, i) => backend.AddPerson(People.New($"person{i}") with { Lastname = name, Description = name })).ToList();
        var (jumpCloud, verifier) = (backend.Get<IJumpCloud>(), backend.Get<PersonVerifier>());

        await Fuzz.CheckAsync(Typed, 1200, 4, async text =>
        {
            var identifier = Identifier.From(Enum.Parse<IdentifierField>(field, ignoreCase: true), text);
            var meant = people.Where(person => string.Equals(person.Lastname, identifier.Text, StringComparison.OrdinalIgnoreCase)).ToList();

            var found = await jumpCloud.SearchUsersAsync(identifier.FieldName, identifier.Text, TestContext.Current.CancellationToken);

            Assert.All(found, user => Assert.True(MayBeTaken(user.Lastname!, identifier.Text), user.Lastname));

            // Which letters beyond these are one without regard to case, each engine of regular expressions sees in its own way.
            Assert.All(meant.Where(person => person.Lastname!.Select(char.ToLowerInvariant).SequenceEqual(identifier.Text.Select(char.ToLowerInvariant))), person => Assert.Contains(found, user => user.Id == person.Id));
            foreach (var person in people)
            {
                var (verified, reason) = await verifier.VerifyAsync(identifier, new(person.EmployeeIdentifier!), "C02", new(null, null), TestContext.Current.CancellationToken);
                Assert.Equal(meant.Contains(person) && found is [var one] && one.Id == person.Id, verified?.User.Id == person.Id);
                Assert.Equal(verified is null, reason.Length > 0);
                if (found.Count == 0)
                {
                    // Nobody's word makes somebody of that.
                    break;
                }
            }
        });

        Assert.Empty(backend.JumpCloud.Journal.Find("GET", "/api/systemusers*"));
    }

    // A regular expression may take two letters for one where our own comparison afterwards does not.
    private static bool MayBeTaken(string stored, string typed) => stored.Length == typed.Length && stored.Zip(typed).All(pair =>
        char.ToUpperInvariant(pair.First) == char.ToUpperInvariant(pair.Second) || char.ToLowerInvariant(pair.First) == char.ToLowerInvariant(pair.Second));
}
