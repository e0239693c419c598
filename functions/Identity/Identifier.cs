namespace Prestage.Functions.Identity;

/// <summary>What a person typed to say who they are: trimmed, compared without regard to case, matched against one field.</summary>
internal readonly record struct Identifier(IdentifierField Field, string Text)
{
    /// <summary>The longest text, in UTF-16 units.</summary>
    public const int Longest = 256;

    /// <summary>JumpCloud's name of the field.</summary>
    public string FieldName => Field switch
    {
        IdentifierField.Email => "email",
        IdentifierField.AlternateEmail => "alternateEmail",
        IdentifierField.Lastname => "lastname",
        IdentifierField.Username => "username",
        IdentifierField.Description => "description",
        var other => throw new InvalidOperationException($"There is no field {other}."),
    };

    /// <summary>
    /// The same text for every spelling of the same claim. Upper case, as the comparison of people does it: two letters can be one in upper case
    /// and two in lower case (σ and ς), and each spelling would have tries of its own.
    /// </summary>
    public string Claim => $"{FieldName}:{Text.ToUpperInvariant()}";

    /// <summary>What the request's text claims.</summary>
    public static Identifier From(IdentifierField field, string typed) => new(field, typed.Trim());

    /// <summary>Addresses stay out of logs.</summary>
    public override string ToString() => $"{FieldName}:***";
}
