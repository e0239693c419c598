using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Prestage.Functions.Hosting;

/// <summary>Least and most of a time span, both allowed. <see cref="RangeAttribute"/> finds its type's converter by reflection, which a trimmed program lacks.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TimeRangeAttribute(string least, string most) : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is TimeSpan time && time >= Parse(least) && time <= Parse(most);

    private static TimeSpan Parse(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);
}
