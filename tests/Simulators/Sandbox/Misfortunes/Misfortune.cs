namespace Prestage.Simulators.Sandbox.Misfortunes;

/// <summary>Something that goes wrong while Macs enroll.</summary>
/// <param name="Where">Who it happens to: one of the places below, or a Mac by its serial number.</param>
/// <param name="Name">What that place calls it.</param>
/// <param name="Sentence">What people read.</param>
internal sealed record Misfortune(string Where, string Name, string Sentence)
{
    public const string JumpCloud = "JumpCloud";
    public const string KeyVault = "Key Vault";
    public const string Backend = "the backend";
    public const string Storage = "the storage";
}
