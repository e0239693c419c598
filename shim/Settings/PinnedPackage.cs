namespace Prestage.Shim.Settings;

/// <summary>A package that is one certain file.</summary>
/// <param name="Sha256">64 small hex digits.</param>
internal sealed record PinnedPackage(Uri Address, string Sha256);
