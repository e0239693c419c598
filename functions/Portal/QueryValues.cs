using System.Globalization;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>The parameters of a call's query, each of which is there once or not at all.</summary>
internal readonly struct QueryValues(IQueryCollection given)
{
    /// <summary>The value, or null where there is none or an empty one.</summary>
    public string? this[string name] => given[name] is [{ Length: > 0 } value] ? value : null;

    /// <summary>The problem of a parameter that is unknown or given twice: a mistyped filter must not show everything.</summary>
    public static Problem? Check(IQueryCollection given, IReadOnlyCollection<string> names)
    {
        foreach (var (name, values) in given)
        {
            if (!names.Contains(name))
            {
                return Problem.InvalidRequest(name.Length is > 0 and <= 64 ? name : "query", $"is not known here; known are {string.Join(", ", names)}.");
            }

            if (values.Count > 1)
            {
                return Problem.InvalidRequest(name, "must be given once.");
            }
        }

        return null;
    }

    /// <summary>A whole number from 1; the usual one where there is none.</summary>
    public Problem? Number(string name, int usual, int most, out int number)
    {
        number = usual;
        return this[name] is { } text && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= most)
            ? Problem.InvalidRequest(name, $"must be a number from 1 to {most}.")
            : null;
    }
}
