namespace Prestage.Functions.Storage;

/// <summary>Error codes of our own, beside the services', for what happens on this side of the wire.</summary>
internal static class StorageErrorCode
{
    /// <summary>No answer after all tries: refused or broken connection, or time run out. Whether a write took effect is not known.</summary>
    public const string NoAnswer = "NoAnswer";

    /// <summary>No token could be had for the managed identity; the service was not asked.</summary>
    public const string NoCredential = "NoCredential";

    /// <summary>The service, or something in between, answered with success and a body that cannot be read.</summary>
    public const string InvalidAnswer = "InvalidAnswer";
}
