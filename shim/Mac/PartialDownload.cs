using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Prestage.Shim.State;

namespace Prestage.Shim.Mac;

/// <summary>What has arrived of a file: its bytes in <c>.part</c>, and in <c>.from</c> the address and the strong ETag that they belong to.</summary>
internal sealed class PartialDownload(string file, Uri from)
{
    private readonly string bytes = file + ".part";
    private readonly string origin = file + ".from";

    /// <summary>Adds Range and If-Range where something usable is there; else nothing, and the whole file comes.</summary>
    public void AskForTheRest(HttpRequestMessage request)
    {
        if (ReadTag() is { } tag && File.Exists(bytes) && new FileInfo(bytes).Length is > 0 and var have)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
            request.Headers.IfRange = new RangeConditionHeaderValue(tag);
        }
    }

    /// <summary>Makes ready for the answer's body: empty for a whole file, as it is for the rest. False where the answer is another part.</summary>
    /// <param name="total">Size of the whole file in bytes, where the answer says it.</param>
    public bool TryBegin(HttpResponseMessage response, out long? total)
    {
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            var range = response.Content.Headers.ContentRange;
            total = range?.Length;
            return range is { Unit: "bytes" } && File.Exists(bytes) && range.From == new FileInfo(bytes).Length;
        }

        total = response.Content.Headers.ContentLength;
        Delete();
        if (response.Headers.ETag is { IsWeak: false } tag)
        {
            PrivateFile.Write(origin, Encoding.UTF8.GetBytes($"{from}\n{tag}"));
        }

        return true;
    }

    public FileStream OpenAtItsEnd() => new(bytes, FileMode.Append, FileAccess.Write);

    /// <summary>Everything is there: the file gets its name.</summary>
    public void Finish()
    {
        File.Delete(origin);
        File.Move(bytes, file, overwrite: true);
    }

    public void Delete()
    {
        File.Delete(origin);
        File.Delete(bytes);
    }

    private EntityTagHeaderValue? ReadTag()
    {
        if (!File.Exists(origin))
        {
            return null;
        }

        var lines = File.ReadAllText(origin).Split('\n');
        return lines is [var address, var tag] && address == from.ToString() && EntityTagHeaderValue.TryParse(tag, out var parsed) ? parsed : null;
    }
}
