using System.ComponentModel.DataAnnotations;

namespace Prestage.Functions.Hosting;

/// <summary>An address that can be called: https, without user name, query and fragment. A pattern alone lets through what no <see cref="Uri"/> is, such as a blank in the host.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AddressAttribute : ValidationAttribute
{
    /// <summary>Whether it may have a path.</summary>
    public bool WithPath { get; set; }

    /// <summary>Whether it may be http on loopback.</summary>
    public bool HttpOnLoopback { get; set; }

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is null || (value is string text && IsAddress(text));

    private bool IsAddress(string text) =>
        !text.Any(char.IsWhiteSpace) && text.IndexOfAny(['?', '#', '\\']) < 0
        && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (HttpOnLoopback && uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && (WithPath || uri.AbsolutePath == "/");
}
