using Prestage.Functions.Tables;
using Xunit;

namespace Prestage.Tests.Tables;

public sealed class TableFilterTests
{
    [Fact]
    public void Values_become_literals_of_their_type()
    {
        var time = new DateTimeOffset(2026, 8, 20, 11, 0, 0, TimeSpan.FromHours(2)).AddTicks(1);

        Assert.Equal("A eq 'it''s {x} \"\"'", TableFilter.Create($"A eq {"it's {x} \"\""}"));
        Assert.Equal("A eq -5 and B eq -9223372036854775808L", TableFilter.Create($"A eq {-5} and B eq {long.MinValue}"));
        Assert.Equal("A eq true or not (B eq false)", TableFilter.Create($"A eq {true} or not (B eq {false})"));
        Assert.Equal("A lt datetime'2026-08-20T09:00:00.0000001Z'", TableFilter.Create($"A lt {time}"));
        Assert.Equal("A eq '''' and A ne ''", TableFilter.Create($"A eq {"'"} and A ne {string.Empty}"));
    }

    [Fact]
    public void Text_around_the_values_stays_as_written()
    {
        Assert.Equal("A eq 'fixed '' {text}' and B eq 'x' and B ne 'x'", TableFilter.Create($"A eq 'fixed '' {{text}}' and B eq {"x"} and B ne {"x"}"));
        Assert.Equal(string.Empty, TableFilter.Create($""));
    }

    [Fact]
    public void A_value_between_quotes_is_refused()
    {
        var value = " or 1 eq 1 or ";

        Assert.Throws<ArgumentException>(() => TableFilter.Create($"A eq '{value}'"));
        Assert.Throws<ArgumentException>(() => TableFilter.Create($"A eq 'x''{value}'"));
        Assert.Throws<ArgumentException>(() => TableFilter.Create($"A eq {value} and B eq 'open"));
    }

    [Fact]
    public void A_value_that_tables_cannot_hold_is_refused()
    {
        string? nothing = null;

        Assert.Throws<ArgumentException>(() => TableFilter.Create($"A eq {nothing}"));
        Assert.Throws<ArgumentException>(() => TableFilter.Create($"A eq {1.5m}"));
        Assert.Throws<ArgumentException>(() => TableFilter.Create($"A eq {new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)}"));
    }
}
