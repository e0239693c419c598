using System.Security.Cryptography;
using System.Text;

namespace Prestage.Functions.Storage;

/// <summary>A storage account's name and key. Azure accounts of ours take no keys; emulators take nothing else.</summary>
internal class StorageSharedKeyCredential
{
    private readonly byte[] key;

    /// <summary>Takes the key as base64; another text is a <see cref="FormatException"/>.</summary>
    public StorageSharedKeyCredential(string accountName, string accountKey)
    {
        AccountName = accountName;
        key = Convert.FromBase64String(accountKey);
    }

    public string AccountName { get; }

    /// <summary>Base64 of HMAC-SHA256 over the text's UTF-8 (learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key).</summary>
    public string ComputeSignature(string text) => Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
}
