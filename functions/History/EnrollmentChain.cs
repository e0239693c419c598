using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Prestage.Functions.Tables;

namespace Prestage.Functions.History;

/// <summary>
/// The chain of an enrollment's events (docs/decisions, event chain). Each event has a <c>Link</c>: a MAC over the event, whose enrollment it
/// is, the state that it led to, and the link before. The enrollment's row keeps the last link and has a <c>Seal</c> of its own over all of the row,
/// which no event tells: so nobody can cut the newest events off and make up the row of that time.
/// </summary>
internal static class EnrollmentChain
{
    public const string Link = "Link";
    public const string Seal = "Seal";
    public const string Key = "Key";
    public const string Found = "Found";
    public const string State = "State";
    public const string Attempt = "Attempt";
    public const string Events = "Events";

    private static readonly string[] Whose = ["SystemId", "UserId", "Username", "FullName", "Admin"];

    /// <summary>Links an event to the row <paramref name="before"/> (null: it is the first) and seals the row that it leads to.</summary>
    public static void Append(EventKeyring keys, TableEntity? before, TableEntity happened, TableEntity after)
    {
        var key = keys.Current;
        happened[State] = after[State];
        happened[Attempt] = after[Attempt];
        happened[Found] = before is null ? null : FoundAs(keys, before);
        happened[Key] = after[Key] = key?.Id;
        happened[Link] = after[Link] = LinkOf(key, happened, after, before?[Link] as string);
        after[Seal] = SealOf(key, after);
    }

    /// <summary>The link that an event must have.</summary>
    public static string LinkOf(EventKey? key, TableEntity happened, TableEntity enrollment, string? previous)
    {
        var canonical = CanonicalRow.Of("prestage event 1", happened, Link).Text(previous ?? string.Empty);
        foreach (var name in Whose)
        {
            canonical.Property(enrollment, name);
        }

        return Mac(key, canonical);
    }

    /// <summary>The seal that a row must have.</summary>
    public static string SealOf(EventKey? key, TableEntity enrollment) => Mac(key, CanonicalRow.Of("prestage row 1", enrollment, Seal));

    /// <summary>Compares in a time that does not depend on where they differ.</summary>
    public static bool Same(string expected, object? stored) =>
        stored is string text && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(text));

    // Written into the next event, since sealing the row anew would otherwise hide for good that somebody had changed it.
    private static string FoundAs(EventKeyring keys, TableEntity row)
    {
        if (row[Key] is null)
        {
            return Same(SealOf(null, row), row[Seal]) ? RowFound.Unkeyed : RowFound.Altered;
        }

        if (keys.Current is null)
        {
            return RowFound.Unchecked;
        }

        return row[Key] is string id && keys.Find(id) is { } key && Same(SealOf(key, row), row[Seal]) ? RowFound.Intact : RowFound.Altered;
    }

    // Without a key a plain hash: it links nothing against a forger, but it says what the next sealed event builds on.
    private static string Mac(EventKey? key, CanonicalRow canonical) =>
        key?.Sign(canonical.Bytes) ?? Base64Url.EncodeToString(SHA256.HashData(canonical.Bytes));
}

/// <summary>In which condition a move found the enrollment's row.</summary>
internal static class RowFound
{
    public const string Intact = "intact";
    public const string Unkeyed = "unkeyed";
    public const string Unchecked = "unchecked";
    public const string Altered = "altered";
}
