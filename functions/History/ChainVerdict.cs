using System.Globalization;

namespace Prestage.Functions.History;

/// <summary>Whether a history is as the backend wrote it.</summary>
internal enum ChainStatus
{
    /// <summary>Every event and the row are sealed, and every seal fits.</summary>
    Intact,

    /// <summary>Somebody else has written, deleted or moved something.</summary>
    Broken,

    /// <summary>Nothing contradicts it, but at least one part was written without a key, and can never be checked.</summary>
    Unkeyed,

    /// <summary>
    /// Nothing contradicts it, and it is not known now whether all of it is as written: a key is not known here, or was not where an event was
    /// written, or the enrollment moved while it was read.
    /// </summary>
    Unchecked,
}

/// <summary>What the check of one history found.</summary>
/// <param name="At">The first event that is broken, unkeyed or unchecked; the number of events where it is the enrollment's own row.</param>
/// <param name="Why">A sentence for operators; null where the chain is intact.</param>
internal sealed record ChainVerdict(ChainStatus Status, int? At = null, string? Why = null)
{
    /// <summary><c>intact</c>, <c>broken at &lt;sequence&gt;</c>, <c>unkeyed</c> or <c>unchecked</c>.</summary>
    public override string ToString() => Status switch
    {
        ChainStatus.Intact => "intact",
        ChainStatus.Broken => string.Create(CultureInfo.InvariantCulture, $"broken at {At}"),
        ChainStatus.Unkeyed => "unkeyed",
        _ => "unchecked",
    };
}
