using Prestage.Functions.Storage;
using Xunit;

namespace Prestage.Tests.Storage;

public sealed class StorageConnectionStringTests
{
    private const string Key = "c2VjcmV0LXNlY3JldA==";

    [Theory]
    [InlineData($"AccountName=contoso;AccountKey={Key}", "https://contoso.table.core.windows.net/", "https://contoso.queue.core.windows.net/")]
    [InlineData($" defaultendpointsprotocol=http ; accountname=contoso;ACCOUNTKEY={Key};EndpointSuffix=core.chinacloudapi.cn;", "http://contoso.table.core.chinacloudapi.cn/", "http://contoso.queue.core.chinacloudapi.cn/")]
    [InlineData($"AccountName=contoso;AccountKey={Key};TableEndpoint=http://127.0.0.1:9/contoso;BlobEndpoint=x", "http://127.0.0.1:9/contoso", "https://contoso.queue.core.windows.net/")]
    public void Endpoints_are_as_given_or_made_of_the_accounts_name(string text, string table, string queue)
    {
        var parsed = StorageConnectionString.Parse(text);

        Assert.Equal(("contoso", Key), (parsed.AccountName, parsed.AccountKey.Reveal()));
        Assert.Equal((table, queue), (parsed.TableEndpoint.AbsoluteUri, parsed.QueueEndpoint.AbsoluteUri));
        Assert.DoesNotContain(Key, parsed.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10002/devstoreaccount1", "http://127.0.0.1:10001/devstoreaccount1")]
    [InlineData("UseDevelopmentStorage=True;DevelopmentStorageProxyUri=http://azurite/", "http://azurite:10002/devstoreaccount1", "http://azurite:10001/devstoreaccount1")]
    public void The_emulator_has_its_documented_account(string text, string table, string queue)
    {
        var parsed = StorageConnectionString.Parse(text);

        Assert.Equal("devstoreaccount1", parsed.AccountName);
        Assert.Equal((table, queue), (parsed.TableEndpoint.AbsoluteUri, parsed.QueueEndpoint.AbsoluteUri));
    }

    [Theory]
    [InlineData("", "AccountName")]
    [InlineData("nonsense", "Name=value")]
    [InlineData("=value", "Name=value")]
    [InlineData("AccountName=a;AccountName=b", "Name=value")]
    [InlineData($"AccountKey={Key}", "AccountName")]
    [InlineData("AccountName=contoso", "AccountKey")]
    [InlineData("AccountName=contoso;AccountKey=", "AccountKey")]
    [InlineData("AccountName=contoso;AccountKey=c2VjcmV0!", "AccountKey")]
    [InlineData($"AccountName=contoso;AccountKey={Key};TableEndpoint=contoso", "TableEndpoint")]
    [InlineData($"AccountName=contoso;AccountKey={Key};QueueEndpoint=ftp://contoso", "QueueEndpoint")]
    [InlineData("AccountName=contoso;SharedAccessSignature=sv=c2VjcmV0", "shared access signature")]
    public void A_bad_text_is_refused_with_what_is_wrong_and_without_the_key(string text, string part)
    {
        var refusal = Assert.Throws<FormatException>(() => StorageConnectionString.Parse(text));

        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", refusal.Message, StringComparison.Ordinal);
    }
}
