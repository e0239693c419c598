extern alias shim;

using shim::Prestage.Shim.Mac;
using shim::Prestage.Shim.Processes;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>What the Mac's tools print, and what is read from it.</summary>
public sealed class MacOutputTests
{
    private const string GoodPackage = """
        Package "jumpcloud-agent.pkg":
           Status: signed by a developer certificate issued by Apple for distribution
           Notarization: trusted by the Apple notary service
           Certificate Chain:
            1. Developer ID Installer: JUMPCLOUD INC (N985MXSH85)
               Expires: 2029-01-01 00:00:00 +0000
            2. Developer ID Certification Authority
        """;

    private const string Volume = """
        Cryptographic users for disk3s1s1 (2 found)
        |
        +-- 01234567-89AB-CDEF-0123-456789ABCDEF
        |   Type: Local Open Directory User
        |   Volume Owner: Yes
        |
        +-- EBC6C064-0000-11AA-AA11-00306543ECAC
            Type: Personal Recovery User
            Volume Owner: Yes
        """;

    [Fact]
    public void A_value_with_a_space_is_read_from_the_next_line()
    {
        var record = DsclRecord.Parse("NFSHomeDirectory: /Users/anna\nRealName:\n Anna Berg\nUniqueID: 503\n");
        Assert.Equal(["/Users/anna", "Anna Berg", "503"], [record["NFSHomeDirectory"], record["RealName"], record["UniqueID"]]);
    }

    [Fact]
    public void A_native_attribute_is_read_without_its_prefix() =>
        Assert.Equal("1", DsclRecord.Parse("dsAttrTypeNative:IsHidden: 1\n")["IsHidden"]);

    [Fact]
    public void A_package_of_the_expected_team_passes() =>
        Assert.True(PackageSignature.IsBy("N985MXSH85", new CommandResult(0, GoodPackage, string.Empty)));

    [Theory]
    [InlineData("N985MXSH85", "PWA5E9TQ59", 0)]
    [InlineData("Developer ID Installer", "Developer ID Application", 0)]
    [InlineData("1. Developer", "2. Developer", 0)]
    [InlineData("Package", "Package", 1)]
    [InlineData("signed by a developer certificate issued by Apple for distribution", "signed by untrusted certificate", 0)]
    [InlineData("2. Developer ID Certification Authority", "2. Somebody's Own Authority", 0)]
    public void A_package_of_another_team_certificate_or_verdict_does_not(string part, string instead, int exitCode)
    {
        var said = GoodPackage.Replace(part, instead, StringComparison.Ordinal);
        Assert.False(PackageSignature.IsBy("N985MXSH85", new CommandResult(exitCode, said, string.Empty)));
    }

    [Fact]
    public void A_team_named_inside_the_company_does_not_pass()
    {
        var said = GoodPackage.Replace("JUMPCLOUD INC (N985MXSH85)", "(N985MXSH85) EVIL INC (EEEEEEEEEE)", StringComparison.Ordinal);
        Assert.False(PackageSignature.IsBy("N985MXSH85", new CommandResult(0, said, string.Empty)));
    }

    [Fact]
    public void Only_people_among_the_crypto_users_count() =>
        Assert.Equal(["01234567-89AB-CDEF-0123-456789ABCDEF"], SecureTokens.CryptoUsers(Volume));

    [Fact]
    public void The_unlock_list_gives_short_names() =>
        Assert.Equal(["anna", "enroll"], SecureTokens.UnlockUsers("anna,0123\nenroll,4567\n").Order());

    [Theory]
    [InlineData("2026-11-22 09:15:02.340 sysadminctl[42:9] New account password error.  (5402)", true)]
    [InlineData("2026-11-22 09:15:02.340 sysadminctl[42:9] No clear text password or interactive option was specified", false)]
    [InlineData("2026-11-22 09:15:02.611 sysadminctl[5402:98765] Assigning UID: 503 GID: 20", false)]
    public void Only_the_policy_codes_are_a_policy_refusal(string said, bool refused) =>
        Assert.Equal(refused, PasswordPolicyRefusal.IsIn(said));

    [Fact]
    public void The_serial_number_is_read_from_the_platform_device() =>
        Assert.Equal("C02XK1", Machine.ParseSerialNumber("    \"IOPlatformSerialNumber\" = \"C02XK1\"\n    \"IOPlatformUUID\" = \"X\"\n"));
}
