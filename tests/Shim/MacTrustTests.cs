extern alias shim;

using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Prestage.Functions.Hosting;
using Prestage.Simulators.Mac.Machine;
using Prestage.Simulators.Sandbox;
using Prestage.Tests.Shim.Steps;
using shim::Prestage.Shim.Backend;
using shim::Prestage.Shim.Processes;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>New inputs for what the Mac trusts, says and waits for.</summary>
public sealed class MacTrustTests : IDisposable
{
    private readonly TemporaryDirectory mac = new();

    [Fact]
    public void A_link_in_the_tree_is_followed_to_what_others_can_write()
    {
        Write("app/Contents/MacOS/tool");
        Write("elsewhere/library");
        Directory.CreateSymbolicLink(mac.At("app/Contents/Frameworks"), mac.At("elsewhere"));
        SetOpen("elsewhere/library");
        Assert.NotNull(new PathTrust(mac.Path).TreeRefusal(mac.At("app")));
    }

    [Fact]
    public void A_tree_that_is_a_link_itself_is_looked_at()
    {
        Write("real/Contents/MacOS/tool");
        SetOpen("real/Contents/MacOS/tool");
        Directory.CreateSymbolicLink(mac.At("app"), mac.At("real"));
        Assert.NotNull(new PathTrust(mac.Path).TreeRefusal(mac.At("app")));
    }

    [Fact]
    public void A_tree_whose_link_leads_back_into_itself_ends()
    {
        Write("app/Contents/tool");
        Directory.CreateSymbolicLink(mac.At("app/Contents/again"), mac.At("app"));
        Assert.Null(new PathTrust(mac.Path).TreeRefusal(mac.At("app")));
    }

    [Fact]
    public void A_root_that_is_a_link_with_a_dot_behind_it_is_refused()
    {
        Write("root/usr/tool");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(mac.At("root"), (UnixFileMode)0b111_000_000);
        }

        Directory.CreateSymbolicLink(mac.At("link"), mac.At("root"));
        Assert.NotNull(new PathTrust(mac.At("link/.")).Refusal(mac.At("link/./usr/tool")));
    }

    [Fact]
    public void A_certificate_whose_issuer_has_expired_is_not_one_that_is_not_valid_yet()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create();
        using var middleKey = ECDsa.Create();
        using var leafKey = ECDsa.Create();
        var rootRequest = Authority("CN=root", rootKey);
        using var root = rootRequest.CreateSelfSigned(now.AddYears(-5), now.AddYears(5));
        var middleRequest = Authority("CN=middle", middleKey);
        using var middle = middleRequest.Create(root, now.AddYears(-4), now.AddDays(-1), [1]).CopyWithPrivateKey(middleKey);
        var leafRequest = new CertificateRequest("CN=leaf", leafKey, HashAlgorithmName.SHA256);
        leafRequest.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(middle, true, false));
        using var leaf = leafRequest.Create(middle.SubjectName, X509SignatureGenerator.CreateForECDsa(middleKey), now.AddDays(-10), now.AddDays(80), [2]);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.ExtraStore.Add(middle);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        Assert.False(chain.Build(leaf));
        Assert.Equal([X509ChainStatusFlags.NotTimeValid], chain.ChainStatus.Select(status => status.Status).Distinct());

        var thrown = Assert.Throws<CertificateDatesException>(() => CertificateCheck.Accept(now, leaf, chain, SslPolicyErrors.RemoteCertificateChainErrors));

        Assert.True(thrown.IsExpired);
    }

    [Theory]
    [InlineData(false, SslPolicyErrors.RemoteCertificateChainErrors)]
    [InlineData(true, SslPolicyErrors.RemoteCertificateChainErrors | SslPolicyErrors.RemoteCertificateNameMismatch)]
    public void A_certificate_of_nobody_or_of_another_name_is_not_one_whose_dates_alone_are_wrong(bool isTrusted, SslPolicyErrors errors)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create();
        using var certificate = Authority("CN=nobody", key).CreateSelfSigned(now.AddYears(-2), now.AddDays(-1));
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (isTrusted)
        {
            chain.ChainPolicy.CustomTrustStore.Add(certificate);
        }

        Assert.False(chain.Build(certificate));
        Assert.Contains(chain.ChainStatus, status => status.Status == X509ChainStatusFlags.NotTimeValid);

        // This type alone, and not the one that lets the clock be set.
        Assert.Throws<AuthenticationException>(() => CertificateCheck.Accept(now, certificate, chain, errors));
    }

    [Fact]
    public void Whatever_a_tool_says_the_service_takes()
    {
        var random = new Seeded(20261201);
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(2500)).Select(_ => random.Next(6) switch
            {
                0 => (char)random.Next(32),
                1 => (char)(0x7f + random.Next(0x22)),
                2 => (char)(0xd800 + random.Next(0x800)),
                3 => (char)(0x2000 + random.Next(0x70)),
                4 => ' ',
                _ => (char)(1 + random.Next(0xfffe)),
            })]);
            Assert.Null(Fields.Text("message", WireText.Line(text, 1000), 1000));
            Assert.Null(Fields.Code("code", WireText.Code(text), colons: true));
        }
    }

    [Fact]
    public async Task Of_two_accounts_that_were_superseded_IT_is_told_of_both()
    {
        await using var bench = await MacBench.StartAsync();
        foreach (var name in new[] { "bea", "cem" })
        {
            bench.Mac.Change(state => AccountRules.Add(state, new NewAccount(name, $"{name} Holm", PasswordDigest.Of("Bea-2026-lang!"), false)));
            bench.Mac.Files.CreateHome(bench.Mac.State.Find(name)!);
        }

        File.WriteAllText(bench.Path("journal.json"), """{"enrollmentId":"e0","createdAccount":"cem","superseded":[{"name":"bea","settled":false}]}""");
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.True(bench.Mac.State.Find("bea") is { Enabled: false } && bench.Mac.State.Find("cem") is { Enabled: false });
        var told = string.Join('\n', bench.Service.Reports.Select(report => report.Message));
        Assert.Contains("account bea", told, StringComparison.Ordinal);
        Assert.Contains("account cem", told, StringComparison.Ordinal);
    }

    public void Dispose() => mac.Dispose();

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    private void Write(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(mac.At(file))!);
        File.WriteAllText(mac.At(file), string.Empty);
    }

    private void SetOpen(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(mac.At(path), (UnixFileMode)0b111_111_111);
        }
    }
}
