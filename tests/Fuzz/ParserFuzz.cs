using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using FsCheck;
using FsCheck.Fluent;
using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Functions.Identity;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Fuzz;

/// <summary>What a stranger can send first: none of it crashes a parser, and what is taken has one spelling.</summary>
public sealed class ParserFuzz
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<string> Proofs =
        from id in Gen.Choose(0, 15).Select(digit => digit.ToString("x", CultureInfo.InvariantCulture)).ArrayOf(24).Select(string.Concat)
        from minutes in Gen.Choose(-1000, 1000)
        from length in Gen.Elements(128, 256, 384, 512)
        from signature in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length)
        select new DeviceProof(id, Now.AddMinutes(minutes).ToString("r", CultureInfo.InvariantCulture), Convert.ToBase64String(signature)).ToHeader();

    private static readonly Gen<DateTimeOffset> Times = Gen.Choose(0, int.MaxValue).Select(seconds => Now.AddSeconds(seconds));

    [Fact]
    public Task A_device_proof_is_taken_in_one_spelling_only() => Fuzz.CheckAsync(Gen.OneOf(Hostile.Mutated(Proofs), Hostile.Text), 4000, header =>
    {
        if (!DeviceProof.TryParse(header, out var proof))
        {
            return;
        }

        // Single use is kept by signature: another spelling of the same one would be another use.
        Assert.Equal(header, proof.ToHeader());
        Assert.Equal(proof.Signature, Convert.ToBase64String(Convert.FromBase64String(proof.Signature)));
        Assert.Equal(proof.Date, proof.SignedAt().ToString("r", CultureInfo.InvariantCulture));
        Assert.True(DeviceProof.IsSystemId(proof.SystemId));
        Assert.True(TableKeys.IsGood(proof.SystemId));
    });

    [Fact]
    public Task Every_spelling_of_a_signature_but_the_first_is_refused() => Fuzz.CheckAsync(Gen.Zip(Proofs, Gen.Choose(1, 15)), 1000, pair =>
    {
        var (header, bits) = pair;
        Assert.True(DeviceProof.TryParse(header, out var proof));
        var padding = proof.Signature.Length - proof.Signature.TrimEnd('=').Length;
        var last = proof.Signature.Length - padding - 1;
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var unused = padding == 2 ? bits : padding == 1 ? bits & 3 : 0;
        var other = proof.Signature[..last] + Alphabet[Alphabet.IndexOf(proof.Signature[last]) ^ unused] + proof.Signature[(last + 1)..];
        Assert.Equal(other == proof.Signature, DeviceProof.TryParse((proof with { Signature = other }).ToHeader(), out _));
    });

    [Fact]
    public Task A_token_is_taken_in_one_spelling_only() => Fuzz.CheckAsync(
        Gen.OneOf(Hostile.Mutated(Times.Select(time => $"Bearer {EnrollmentToken.Create(EnrollmentId.Create(time)).ToSecret().Reveal()}")), Hostile.Text), 3000, header =>
        {
            if (EnrollmentToken.TryParse(header, out var token))
            {
                Assert.Equal(header, $"Bearer {token.ToSecret().Reveal()}");
                Assert.True(token.Matches(token.Hash));
                Assert.DoesNotContain(token.Hash, header, StringComparison.Ordinal);
            }
        });

    [Fact]
    public Task An_enrollment_id_is_its_own_text_and_always_a_good_key() => Fuzz.CheckAsync(
        Gen.OneOf(Hostile.Mutated(Times.Select(time => EnrollmentId.Create(time).ToString())), Hostile.Text), 3000, text =>
        {
            if (EnrollmentId.TryParse(text, out var id))
            {
                Assert.Equal(text, id.ToString());
                Assert.Equal(text, $"{id.Month}-{id.Suffix}");
                Assert.True(TableKeys.IsGood(id.Month));
                Assert.True(TableKeys.IsGood(EnrollmentKeys.Event(id, 7)));
                Assert.Equal(id, EnrollmentKeys.IdOf(new(id.Month, EnrollmentKeys.Enrollment(id))));
            }
        });

    [Fact]
    public Task Newer_enrollments_and_events_sort_as_they_should() => Fuzz.CheckAsync(Gen.Zip(Times, Times), 1000, pair =>
    {
        var (first, second) = (EnrollmentId.Create(pair.Item1), EnrollmentId.Create(pair.Item2));
        Assert.Equal(pair.Item1 > pair.Item2, string.CompareOrdinal(first.Suffix[..16], second.Suffix[..16]) < 0);
        var (from, to) = EnrollmentKeys.Events(first);
        Assert.InRange(EnrollmentKeys.Event(first, 3), from, to, StringComparer.Ordinal);
        Assert.False(string.CompareOrdinal(EnrollmentKeys.Event(second, 3), from) >= 0 && string.CompareOrdinal(EnrollmentKeys.Event(second, 3), to) < 0);
    });

    [Fact]
    public Task Two_spellings_of_one_claim_share_their_tries() => Fuzz.CheckAsync(
        Gen.Zip(Hostile.Text, Hostile.Text).SelectMany(pair => Gen.Elements(
            pair, (pair.Item1, pair.Item1.ToUpperInvariant()), (pair.Item1, pair.Item1.ToLowerInvariant()), (pair.Item1, $" {pair.Item1}\t"),
            (pair.Item1.ToUpperInvariant(), pair.Item1.ToLowerInvariant()))),
        4000,
        pair =>
        {
            var (one, other) = (Identifier.From(IdentifierField.Email, pair.Item1), Identifier.From(IdentifierField.Email, pair.Item2));
            var sameClaim = string.Equals(one.Text, other.Text, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(sameClaim, one.Claim == other.Claim);
            if (one.Text.IsNormalizedUtf16() && other.Text.IsNormalizedUtf16())
            {
                Assert.Equal(sameClaim, AttemptRows.IdentityKey(one) == AttemptRows.IdentityKey(other));
            }

            Assert.DoesNotContain(pair.Item1.Trim() is { Length: > 5 } text ? text : "\0\0", one.ToString(), StringComparison.Ordinal);
        });

    [Fact]
    public Task An_event_key_is_read_or_refused() => Fuzz.CheckAsync(
        Gen.OneOf(Hostile.Mutated(Hostile.Bytes.Select(Convert.ToBase64String)), Hostile.Text), 1000, text =>
        {
            if (EventKeyring.TryParse(text, out var keys))
            {
                Assert.NotNull(keys.Current);
                Assert.Same(keys.Current, keys.Find(keys.Current.Id));
                Assert.Equal(16, keys.Current.Id.Length);
            }
        });

    [Fact]
    public Task No_content_of_a_row_makes_the_check_of_a_history_throw() => Fuzz.CheckAsync(
        Gen.Zip(Gen.Elements("State", "Attempt", "Events", "Link", "Seal", "Key", "Found", "At", "Code"), Gen.OneOf<object?>(
            Hostile.Text.Select(object? (text) => text), Gen.Choose(-5, 5).Select(object? (number) => number), Gen.Elements<object?>(null, true, 5L, Now))),
        2000,
        pair =>
        {
            var id = EnrollmentId.Create(Now);
            Assert.True(EventKeyring.TryParse(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), out var keys));
            var (row, happened) = (new TableEntity(id.Month, EnrollmentKeys.Enrollment(id)), new TableEntity(id.Month, EnrollmentKeys.Event(id, 0)));
            row["Events"] = 1;
            row["State"] = "verified";
            EnrollmentChain.Append(keys, null, happened, row);
            Assert.Equal(ChainStatus.Intact, ChainCheck.Run(keys, id, row, [happened]).Status);
            foreach (var target in new[] { row, happened })
            {
                var before = target[pair.Item1];
                target[pair.Item1] = pair.Item2;
                var status = ChainCheck.Run(keys, id, row, [happened]).Status;
                Assert.Equal(Same(before, pair.Item2), status == ChainStatus.Intact);
                EnrollmentChain.Append(keys, row, new(id.Month, EnrollmentKeys.Event(id, 1)), new(id.Month, EnrollmentKeys.Enrollment(id)));
                EnrollmentEvent.FromEntity(happened);
                target[pair.Item1] = before;
            }
        });

    private static bool Same(object? before, object? now) => (before, now) switch
    {
        (string one, string other) => Encoding.UTF8.GetBytes(one).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(other)),
        _ => Equals(before, now),
    };
}

file static class Utf16
{
    /// <summary>Whether the text has no half of a surrogate pair: those all become the same bytes.</summary>
    public static bool IsNormalizedUtf16(this string text) => text == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
