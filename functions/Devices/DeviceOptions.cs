using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Prestage.Functions.Hosting;

namespace Prestage.Functions.Devices;

/// <summary>Settings <c>Device__*</c>.</summary>
internal sealed class DeviceOptions
{
    [Description("What a Mac is believed on. signature: JumpCloud's word on the Mac's own signature. record: weaker, for Macs whose signatures JumpCloud refuses (its own Automated Device Enrollment and MDM): the organization's device key, which every Mac has; docs/threats.md says what that gives up.")]
    [EnumDataType(typeof(TrustMode), ErrorMessage = "must be signature or record.")]
    public TrustMode Trust { get; set; } = TrustMode.Signature;

    [Description("The device key of Device__Trust record, for development only: refused where Vault__Uri is set.")]
    public string? Key { get; set; }

    [Description("query: a Mac's signature is bound to its call by a query parameter of the signed read. none: it is not, and a captured proof may be used once for another call of the same Mac.")]
    public ProofBinding ProofBinding { get; set; } = ProofBinding.Query;

    [Description("How long after its JumpCloud record was created a Mac may enroll.")]
    [TimeRange("00:05:00", "365.00:00:00", ErrorMessage = "must be a time span from 00:05:00 to 365.00:00:00.")]
    public TimeSpan EnrollWithin { get; set; } = TimeSpan.FromDays(7);

    [Description("Whether only Macs that JumpCloud sees under an MDM may enroll.")]
    public bool RequireMdm { get; set; }

    [Description("Serial numbers that may enroll, separated by commas; empty for all.")]
    public string? Serials { get; set; }
}

/// <summary>What a Mac is believed on.</summary>
internal enum TrustMode
{
    /// <summary>Its own signature.</summary>
    Signature,

    /// <summary>The device key that all the organization's Macs have.</summary>
    Record,
}

/// <summary>How a device proof means one call.</summary>
internal enum ProofBinding
{
    /// <summary>The signed read carries the hash of the call.</summary>
    Query,

    /// <summary>Not at all.</summary>
    None,
}

[OptionsValidator]
internal sealed partial class DeviceOptionsValidator : IValidateOptions<DeviceOptions>;
