using System.Globalization;
using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary>What the machine and its system are: <c>sw_vers</c>, <c>ioreg</c>, <c>df</c> and <c>sysctl</c>.</summary>
internal static class Hardware
{
    private const string Build = "24G84";

    /// <summary>With <c>-kP</c>, the form that does not vary.</summary>
    public static CommandAnswer Df(CommandCall call)
    {
        const long Size = 482_797_652;
        var free = call.State.FreeKilobytes;
        return CommandAnswer.Ok(string.Create(
            CultureInfo.InvariantCulture,
            $"Filesystem     1024-blocks      Used Available Capacity  Mounted on\n/dev/disk3s1s1   {Size}  {Size - free} {free} {100 - (100 * free / Size),5}%    /\n"));
    }

    /// <summary>An Intel Mac does not know the name.</summary>
    public static CommandAnswer Sysctl(CommandCall call) => call.Arguments is ["-n", "hw.optional.arm64"] && call.Options.AppleSilicon
        ? CommandAnswer.Ok("1\n")
        : CommandAnswer.Failed(1, $"sysctl: unknown oid '{call.Arguments[^1]}'\n");

    public static CommandAnswer SwVers(CommandCall call) => CommandAnswer.Ok(call.Arguments.FirstOrDefault()?.TrimStart('-').ToUpperInvariant() switch
    {
        "PRODUCTVERSION" => call.Options.OsVersion + "\n",
        "BUILDVERSION" => Build + "\n",
        "PRODUCTNAME" => "macOS\n",
        _ => $"ProductName:\t\tmacOS\nProductVersion:\t\t{call.Options.OsVersion}\nBuildVersion:\t\t{Build}\n",
    });

    public static CommandAnswer Ioreg(CommandCall call) => CommandAnswer.Ok($$"""
        +-o {{(call.Options.AppleSilicon ? "J413AP" : "MacBookPro16,1")}}  <class IOPlatformExpertDevice, id 0x100000215, registered, matched, active, busy 0 (127264 ms), retain 43>
            {
              "manufacturer" = <"Apple Inc.">
              "model" = <"{{(call.Options.AppleSilicon ? "Mac14,2" : "MacBookPro16,1")}}">
              "IOPlatformUUID" = "3D4F6A10-77B1-5C2E-9A0D-8E1F2B3C4D5E"
              "IOPlatformSerialNumber" = "{{call.Options.SerialNumber}}"
            }


        """);
}
