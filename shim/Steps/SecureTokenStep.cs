using Prestage.Shim.Languages;
using Prestage.Shim.Running;
using Prestage.Shim.Settings;

namespace Prestage.Shim.Steps;

/// <summary>8: says who gives the account its Secure Token. Nothing grants it here: no administrator's password is on this Mac.</summary>
internal sealed class SecureTokenStep : IStep
{
    public string Name => StepNames.SecureToken;

    public TimeSpan Deadline => TimeSpan.FromMinutes(5);

    public Phrase Sentence => Words.StepCreateAccount;

    public string SupportCode => "ps-08";

    public string Plan(ShimSettings settings) => "read the Secure Token's status and whether the Bootstrap Token is escrowed";

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancel)
    {
        if (await context.Mac.Tokens.IsEnabledAsync(context.Account.Username, cancel))
        {
            return new StepOutcome.Done();
        }

        if (await context.Mac.Tokens.IsBootstrapTokenEscrowedAsync(cancel))
        {
            return new StepOutcome.Left("secure-token-at-login");
        }

        await context.Reporter.WarnAsync(Name, "secure-token-unavailable", "No Bootstrap Token is escrowed: the login grants no Secure Token.", cancel);
        return new StepOutcome.Left("secure-token-unavailable");
    }
}
