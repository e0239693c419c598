using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Prestage.Functions.Portal;

/// <summary>Settings <c>Portal__*</c>.</summary>
internal sealed class PortalOptions
{
    [Description("How operators sign in. off: nobody may. key: with a bearer key (sandbox, scripts). easyAuth: with Entra ID, by App Service authentication in front of this app; where that is not on, easyAuth lets everybody in.")]
    public PortalAuth Auth { get; set; } = PortalAuth.Off;

    [Description("The bearer key of operators where Portal__Auth is key: at least 32 random characters. Who has it may read and change everything in the portal.")]
    [RegularExpression("^.{32,}$", ErrorMessage = "must have at least 32 random characters.")]
    public string? Key { get; set; }
}

/// <summary>How operators sign in.</summary>
internal enum PortalAuth
{
    Off,
    Key,
    EasyAuth,
}

[OptionsValidator]
internal sealed partial class PortalOptionsValidator : IValidateOptions<PortalOptions>;
