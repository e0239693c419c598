using Prestage.Functions.Enrollments;
using Xunit;
using static Prestage.EnrollmentState;

namespace Prestage.Tests.Enrollments;

public sealed class EnrollmentMovesTests
{
    private static readonly HashSet<(EnrollmentState From, EnrollmentState To)> Legal =
    [
        (Verified, Activated), (Verified, Associating), (Verified, Expired), (Verified, Superseded), (Verified, Cancelled), (Verified, Failed),
        (Activated, Associating), (Activated, Expired), (Activated, Superseded), (Activated, Cancelled), (Activated, Failed),
        (Associating, Associated), (Associating, Cancelled), (Associating, Failed),
        (Associated, Finishing), (Associated, Cancelled), (Associated, Failed),
        (Finishing, Completed), (Finishing, Cancelled), (Finishing, Failed),
        (Failed, Finishing), (Failed, Cancelled),
    ];

    [Fact]
    public void Only_the_moves_of_the_picture_are_legal()
    {
        var states = Enum.GetValues<EnrollmentState>();
        foreach (var (from, to) in states.SelectMany(from => states.Select(to => (from, to))))
        {
            Assert.True(EnrollmentMoves.IsLegal(from, to) == Legal.Contains((from, to)), $"{from} to {to}");
        }
    }

    [Fact]
    public void Every_state_has_the_name_that_the_wire_has()
    {
        foreach (var state in Enum.GetValues<EnrollmentState>())
        {
            var wire = System.Text.Json.JsonSerializer.Serialize(state).Trim('"');
            Assert.Equal(wire, EnrollmentNames.Of(state));
            Assert.Equal(state, EnrollmentNames.Find(wire));
        }
    }

    [Fact]
    public void An_id_yields_its_keys_and_sorts_the_newest_first()
    {
        var now = new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
        var (older, newer) = (EnrollmentId.Create(now), EnrollmentId.Create(now.AddTicks(1)));

        Assert.Equal("202611", older.Month);
        Assert.True(string.CompareOrdinal(newer.Suffix, older.Suffix) < 0);
        Assert.True(EnrollmentId.TryParse(older.ToString(), out var again));
        Assert.Equal(older, again);
        Assert.NotEqual(EnrollmentId.Create(now), older);
        foreach (var bad in new[] { null, "", "x", older + "x", older.ToString().ToUpperInvariant(), older.ToString().Replace('-', '/') })
        {
            Assert.False(EnrollmentId.TryParse(bad, out _), bad);
        }
    }
}
