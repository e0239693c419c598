using Prestage.Shim.State;

namespace Prestage.Shim.Mac;

/// <summary>Fetches a package into a private directory, within limits of size and patience.</summary>
internal sealed class PackageDownload(HttpClient http, TimeProvider time)
{
    private const long LargestPackage = 500L << 20;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    /// <summary>Null on success, else what was in the way.</summary>
    public async Task<string?> FetchAsync(Uri from, string directory, string name, CancellationToken cancel)
    {
        using var silence = new CancellationTokenSource(LongestSilence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancel);
        try
        {
            using var response = await http.GetAsync(from, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                return $"{from.Host} answered {(int)response.StatusCode}";
            }

            PrivateFile.CreateDirectory(directory);
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            await using var file = new FileStream(Path.Combine(directory, name), FileMode.Create, FileAccess.Write);
            var buffer = new byte[64 << 10];
            int read;
            while ((read = await body.ReadAsync(buffer, either.Token)) > 0)
            {
                silence.CancelAfter(LongestSilence);
                await file.WriteAsync(buffer.AsMemory(0, read), either.Token);
                if (file.Length > LargestPackage)
                {
                    return $"the package from {from.Host} is larger than 500 MB";
                }
            }

            return null;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return $"{from.Host} could not be read: {failure.Message}";
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"{from.Host} went silent";
        }
    }
}
