using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;

namespace Prestage.Functions.History;

/// <summary>
/// The chain of an enrollment's events (docs/decisions, event chain). Each event has a <c>Link</c>: a MAC over the event, what it set of
/// whose enrollment it is, the state that it led to, and the link before. The enrollment's row keeps the last link and has a <c>Seal</c> of
/// its own over all of the row, which no event tells: so nobody can cut the newest events off and make up the row of that time.
/// </summary>
internal static class EnrollmentChain
{
    public const string Link = "Link";
    public const string Seal = "Seal";
    public const string Key = "Key";
    public const string Found = "Found";
    public const string FoundKey = "FoundKey";
    public const string State = "State";
    public const string Attempt = "Attempt";
    public const string Events = "Events";

    /// <summary>Whose enrollment it is. An event has those of them that it set; the last ones set are the row's.</summary>
    public static readonly IReadOnlyList<string> Whose = ["SystemId", "UserId", "Username", "FullName", "Admin"];

    /// <summary>Links an event to the row <paramref name="before"/> (null: it is the first) and seals the row that it leads to.</summary>
    public static void Append(EventKeyring keys, TableEntity? before, TableEntity happened, TableEntity after)
    {
        var key = keys.Current;
        happened[State] = after[State];
        happened[Attempt] = after[Attempt];
        happened[Found] = before is null ? null : FoundAs(keys, before);
        happened[FoundKey] = before?[Key] as string;
        happened[Key] = after[Key] = key?.Id;
        foreach (var name in Whose.Where(name => !Equals(before?[name], after[name])))
        {
            happened[name] = after[name];
        }

        happened[Link] = after[Link] = LinkOf(key, happened, before?[Link] as string);
        after[Seal] = SealOf(key, after);
    }

    /// <summary>The link that an event must have. It binds what happened then, not what the enrollment's row says today.</summary>
    public static string LinkOf(EventKey? key, TableEntity happened, string? previous) =>
        Mac(key, CanonicalRow.Of("prestage event 2", happened, Link).Text(previous ?? string.Empty));

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

        // A key that is not known here may be known elsewhere: that says nothing about the row.
        if (row[Key] is string id && keys.Find(id) is not { })
        {
            return RowFound.Unchecked;
        }

        return row[Key] is string known && Same(SealOf(keys.Find(known), row), row[Seal]) ? RowFound.Intact : RowFound.Altered;
    }

    // Without a key a plain hash: it links nothing against a forger, but it says what the next sealed event builds on.
    private static string Mac(EventKey? key, CanonicalRow canonical) =>
        key?.Sign(canonical.Bytes) ?? Base64Url.EncodeToString(SHA256.HashData(canonical.Bytes));
}

/// <summary>In which condition a move found the enrollment's row.</summary>
internal static class RowFound
{
    /// <summary>Its seal fits.</summary>
    public const string Intact = "intact";

    /// <summary>It was sealed without a key, and fits.</summary>
    public const string Unkeyed = "unkeyed";

    /// <summary>The key that it names was not known.</summary>
    public const string Unchecked = "unchecked";

    /// <summary>Its seal does not fit.</summary>
    public const string Altered = "altered";
}
