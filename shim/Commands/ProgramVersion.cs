using System.Globalization;
using System.Reflection;

namespace Prestage.Shim.Commands;

/// <summary>This program's version.</summary>
internal static class ProgramVersion
{
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>The day on which it was built, at 0:00 UTC.</summary>
    public static DateTimeOffset Built { get; } = DateTimeOffset.ParseExact(
        typeof(ProgramVersion).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "BuildDate").Value!,
        "yyyy-MM-dd",
        CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal);
}
