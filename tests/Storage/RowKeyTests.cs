using Prestage.Functions.Identity;
using Prestage.Tests.Fuzz;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Storage;

/// <summary>No text from outside becomes a key that a table cannot have: it is refused before any table is asked, or hashed.</summary>
public sealed class RowKeyTests
{
    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\u0001b")]
    [InlineData("a\u0085b")]
    [InlineData("it's")]
    [InlineData("' or true or '")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task An_operator_s_path_or_body_with_what_is_no_id_asks_no_table(string text)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var portal = new PortalClient(backend);
        var id = Uri.EscapeDataString(text);
        await backend.TablesReadyAsync();

        foreach (var path in new[] { $"devices/{id}", $"enrollments/{id}", $"enrollments/202612-{id}" })
        {
            (await portal.GetAsync(path)).IsProblem(404, "not-found");
        }

        foreach (var path in new[] { $"devices/{id}/release", $"enrollments/{id}/retry", $"enrollments/{id}/cancel" })
        {
            (await portal.PostAsync(path)).IsProblem(404, "not-found");
        }

        var release = await portal.PostAsync("attempts/release", new { systemId = text });
        Assert.Equal("systemId", release.IsProblem(400, "invalid-request").Text("field"));
        var passcode = await portal.PostAsync("passcodes", new { userId = text });
        Assert.Equal("userId", passcode.IsProblem(400, "invalid-request").Text("field"));
        var answered = backend.Log.Lines.Where(line => line.Contains(" answered 40", StringComparison.Ordinal)).ToList();
        Assert.Equal(8, answered.Count);
        Assert.All(answered, line => Assert.Contains(": 0 table operations", line, StringComparison.Ordinal));
    }

    [Fact]
    public Task What_a_person_types_is_hashed_into_a_good_key() => Fuzz.Fuzz.CheckAsync(Hostile.Text, 1000, text =>
    {
        Assert.True(TableKeys.IsGood(AttemptRows.DeviceKey(text)));
        Assert.True(TableKeys.IsGood(AttemptRows.IdentityKey(Identifier.From(IdentifierField.Email, text))));
    });
}
