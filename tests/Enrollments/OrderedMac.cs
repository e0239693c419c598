using Prestage.Functions.Enrollments;
using Prestage.Tests.Support;

namespace Prestage.Tests.Enrollments;

/// <summary>One of the Macs of an order.</summary>
internal sealed class OrderedMac(string name, WireMac wire)
{
    public string Name => name;

    public WireMac Wire => wire;

    /// <summary>The last one that began on it.</summary>
    public EnrollmentId? Enrollment { get; set; }

    /// <summary>The last one that was typed.</summary>
    public string? Password { get; set; }
}
