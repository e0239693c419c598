using System.Security.Cryptography;

namespace Prestage.Shim.Backend;

/// <summary>JSON bytes that are sent as they are, and cleared when the content is disposed.</summary>
internal sealed class ClearedContent : ByteArrayContent
{
    private readonly byte[] bytes;

    public ClearedContent(byte[] bytes)
        : base(bytes)
    {
        this.bytes = bytes;
        Headers.ContentType = new("application/json");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        CryptographicOperations.ZeroMemory(bytes);
        base.Dispose(disposing);
    }
}
