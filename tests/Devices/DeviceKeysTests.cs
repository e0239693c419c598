using Azure.Core.Pipeline;
using Prestage.Functions.Devices;
using Prestage.Functions.Vault;
using Prestage.Simulators.KeyVault;
using Prestage.Tests.Support;
using Prestage.Tests.Vault;
using Xunit;

namespace Prestage.Tests.Devices;

/// <summary>The device keys in a vault, through their rotation and through its failures.</summary>
[Collection(VaultTests.Name)]
public sealed class DeviceKeysTests : IDisposable
{
    private const string First = "first-device-key-0123456789-abcdefghijk";
    private const string Second = "second-device-key-0123456789-abcdefghij";
    private const string Wrong = "wrong-device-key-0123456789-abcdefghijk";
    private readonly ManualClock clock = new(TimeProvider.System.GetUtcNow());
    private readonly LogCapture log = new();
    private readonly SimulatedKeyVault vault;
    private readonly HttpClient http;
    private readonly KeyVaultSecrets secrets;
    private readonly DeviceKeys keys;

    public DeviceKeysTests(VaultFixture fixture)
    {
        vault = fixture.Vault;
        (vault.Forbidden, vault.Unavailable) = (false, 0);
        vault.Secrets.Set(DeviceKeys.SecretName, First);
        vault.Secrets.Remove(DeviceKeys.PreviousSecretName);
        http = KeyVaultSecretsTests.Trusting(vault, new());
        secrets = new(new() { Uri = vault.VaultUri.AbsoluteUri }, clock, log.For<KeyVaultSecrets>(), new HttpClientTransport(http));
        keys = new(secrets, clock, log.For<DeviceKeys>());
    }

    private int Reads => vault.Journal.Count("GET", "/secrets/*");

    public void Dispose()
    {
        keys.Dispose();
        secrets.Dispose();
        http.Dispose();
        foreach (var secret in new[] { First, Second, Wrong })
        {
            Assert.DoesNotContain(log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Two_keys_are_valid_during_a_rotation_and_the_old_one_not_after_it()
    {
        Assert.True(await IsValidAsync(First));
        vault.Secrets.Set(DeviceKeys.PreviousSecretName, First);
        vault.Secrets.Set(DeviceKeys.SecretName, Second);
        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.True(await IsValidAsync(Second));
        Assert.True(await IsValidAsync(First));

        vault.Secrets.Remove(DeviceKeys.PreviousSecretName);
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.False(await IsValidAsync(First));
        Assert.True(await IsValidAsync(Second));
    }

    [Fact]
    public async Task A_hundred_wrong_keys_ask_the_vault_once_in_five_seconds()
    {
        Assert.False(await IsValidAsync(Wrong));
        var before = Reads;

        await WrongAsync(100);
        Assert.Equal(before, Reads);

        clock.Advance(TimeSpan.FromSeconds(5));
        await WrongAsync(100);
        Assert.Equal(before + 2, Reads);
        Assert.True(await IsValidAsync(First));
        Assert.Equal(before + 2, Reads);
    }

    [Theory]
    [InlineData("")]
    [InlineData("first-device-key-0123456789-abcdefghij")]
    [InlineData("first-device-key-0123456789-abcdefghijkk")]
    [InlineData("FIRST-device-key-0123456789-abcdefghijk")]
    [InlineData(" first-device-key-0123456789-abcdefghijk")]
    public async Task Only_the_whole_key_is_the_key(string shown) => Assert.False(await IsValidAsync(shown));

    [Fact]
    public async Task A_vault_that_does_not_answer_leaves_the_keys_in_use_and_is_not_asked_by_each_wrong_one()
    {
        Assert.True(await IsValidAsync(First));
        vault.Unavailable = 1000;
        clock.Advance(TimeSpan.FromMinutes(6));

        Assert.True(await IsValidAsync(First));
        var before = Reads;
        Assert.False(await IsValidAsync(Wrong));

        Assert.Equal(before, Reads);
        Assert.Contains(log.Lines, line => line.Contains("those read before stay in use", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_that_the_vault_does_not_show_any_more_end_after_an_hour()
    {
        Assert.True(await IsValidAsync(First));
        vault.Forbidden = true;
        clock.Advance(TimeSpan.FromMinutes(50));
        Assert.True(await IsValidAsync(First));

        clock.Advance(TimeSpan.FromMinutes(11));

        await Assert.ThrowsAsync<SecretUnavailableException>(() => IsValidAsync(First));
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_back_keeps_no_key_longer()
    {
        Assert.True(await IsValidAsync(First));
        vault.Secrets.Set(DeviceKeys.SecretName, Second);
        clock.SetWallClock(TimeSpan.FromHours(-3));
        clock.Advance(TimeSpan.FromMinutes(5));

        Assert.False(await IsValidAsync(First));
    }

    [Fact]
    public async Task Who_hangs_up_does_not_make_the_next_one_ask_the_vault_again()
    {
        Assert.True(await IsValidAsync(First));
        clock.Advance(TimeSpan.FromSeconds(5));
        var before = Reads;
        for (var i = 0; i < 20; i++)
        {
            using var caller = new CancellationTokenSource();
            var asked = keys.IsValidAsync(Wrong, caller.Token);
            await caller.CancelAsync();
            Assert.False(await asked);
        }

        Assert.Equal(before + 2, Reads);
    }

    [Theory]
    [InlineData(null, "there is none")]
    [InlineData("short", "must have 32 to 256 random characters")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "at least 10 of them different")]
    [InlineData("first-device-key-0123456789-abcdefghijk\n", "without spaces")]
    public async Task Without_a_right_key_nobody_is_let_in_and_the_log_says_what_is_right(string? secret, string sentence)
    {
        Assert.True(await IsValidAsync(First));
        vault.Secrets.Remove(DeviceKeys.SecretName);
        if (secret is not null)
        {
            vault.Secrets.Set(DeviceKeys.SecretName, secret);
        }

        clock.Advance(TimeSpan.FromMinutes(5));
        await Assert.ThrowsAsync<SecretUnavailableException>(() => IsValidAsync(First));
        var before = Reads;
        await Assert.ThrowsAsync<SecretUnavailableException>(() => IsValidAsync(First));

        Assert.Equal(before, Reads);
        Assert.Contains(log.Lines, line => line.Contains(sentence, StringComparison.Ordinal));

        vault.Secrets.Set(DeviceKeys.SecretName, Second);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await IsValidAsync(Second));
    }

    [Fact]
    public async Task A_previous_key_that_is_too_short_is_told_and_opens_nothing()
    {
        vault.Secrets.Set(DeviceKeys.PreviousSecretName, "short");

        Assert.False(await IsValidAsync("short"));
        Assert.True(await IsValidAsync(First));
        Assert.Contains(log.Lines, line => line.Contains("device-key-previous is no device key", StringComparison.Ordinal));
    }

    private async Task WrongAsync(int times) =>
        Assert.DoesNotContain(true, await Task.WhenAll(Enumerable.Range(0, times).Select(_ => IsValidAsync(Wrong))));

    private Task<bool> IsValidAsync(string shown) => keys.IsValidAsync(shown, TestContext.Current.CancellationToken);
}
