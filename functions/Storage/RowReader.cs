using Azure.Data.Tables;

namespace Prestage.Functions.Storage;

/// <summary>
/// Reads the properties of one row. A property that is missing, or of another type or form, makes the row unreadable: nothing here throws,
/// and what was read by then is not used.
/// </summary>
internal sealed class RowReader(TableEntity entity)
{
    private string? wrong;

    /// <summary>A text that must be there.</summary>
    public string Text(string name) => Required(name, OptionalText(name)) ?? string.Empty;

    /// <summary>A text that may be missing.</summary>
    public string? OptionalText(string name) => entity[name] switch
    {
        null => null,
        string text => text,
        var other => Refuse<string>(name, other),
    };

    /// <summary>Yes or no; must be there, since missing is not no.</summary>
    public bool Flag(string name) => entity[name] is bool flag ? flag : Refuse<bool>(name, entity[name]);

    /// <summary>A number from 0 to a billion that must be there.</summary>
    public int Number(string name) => entity[name] switch
    {
        int number and >= 0 and <= 1_000_000_000 => number,
        long number and >= 0 and <= 1_000_000_000 => (int)number,
        var other => Refuse<int>(name, other),
    };

    /// <summary>A time that must be there.</summary>
    public DateTimeOffset Time(string name) => entity[name] is DateTimeOffset time ? time : Refuse<DateTimeOffset>(name, entity[name]);

    /// <summary>A time that may be missing.</summary>
    public DateTimeOffset? OptionalTime(string name) => entity[name] is null ? null : Time(name);

    /// <summary>A text that must be there and of a form; <paramref name="parse"/> answers null where it is not.</summary>
    public T Parsed<T>(string name, Func<string, T?> parse, string right)
        where T : struct => OptionalParsed(name, parse, right) ?? Refuse<T>(name, entity[name]);

    /// <summary>The same of a text that may be missing.</summary>
    public T? OptionalParsed<T>(string name, Func<string, T?> parse, string right)
        where T : struct
    {
        if (OptionalText(name) is not { } text)
        {
            return null;
        }

        var parsed = parse(text);
        if (parsed is null)
        {
            Refuse($"{name}{Shown(text)} is not {right}.");
        }

        return parsed;
    }

    /// <summary>The row is unreadable; the first reason counts.</summary>
    public void Refuse(string why) => wrong ??= why;

    /// <summary>What was found, after all properties were read.</summary>
    public StoredRow<T> Found<T>(T row)
        where T : class => wrong is null ? new(entity, row, null) : new(entity, null, wrong);

    private T? Required<T>(string name, T? value)
        where T : class
    {
        if (value is null)
        {
            Refuse($"{name} is missing.");
        }

        return value;
    }

    private T? Refuse<T>(string name, object? stored)
    {
        Refuse(stored is null ? $"{name} is missing." : $"{name} is not as this version stores it ({stored.GetType().Name}).");
        return default;
    }

    // A short word, such as a newer version's name of a state, says what happened; anything else may be somebody's secret.
    private static string Shown(string text) =>
        text.Length is > 0 and <= 32 && text.All(c => char.IsAsciiLetter(c) || c == '-') ? $" \"{text}\"" : string.Empty;
}
