using System.ComponentModel;
using Microsoft.Extensions.Options;

namespace Prestage.Functions.Hosting;

/// <summary>Settings <c>Hosting__*</c>.</summary>
internal sealed class HostingOptions
{
    [Description("How long one call may take in all; then it is answered 503.")]
    [TimeRange("00:00:01", "00:03:30", ErrorMessage = "must be a time span from 00:00:01 to 00:03:30.")]
    public TimeSpan CallLimit { get; set; } = TimeSpan.FromSeconds(60);

    [Description("How often storage, vault and JumpCloud are looked at for GET /api/portal/health, which tells what is wrong; once a minute while something is. 00:00:00: only when that is asked for.")]
    [TimeRange("00:00:00", "1.00:00:00", ErrorMessage = "must be a time span from 00:00:00 to 1.00:00:00.")]
    public TimeSpan WatchEvery { get; set; } = TimeSpan.FromMinutes(5);
}

[OptionsValidator]
internal sealed partial class HostingOptionsValidator : IValidateOptions<HostingOptions>;
