using Prestage.Shim.Running;

namespace Prestage.Shim.Steps;

/// <summary>The enrollment, step by step.</summary>
internal static class AllSteps
{
    public static IReadOnlyList<IStep> InOrder { get; } =
    [
        new PreflightStep(),
        new WaitForSessionStep(),
        new WindowStep(),
        new AgentStep(),
        new IdentifyStep(),
        new SetPasswordStep(),
        new CreateAccountStep(),
        new SecureTokenStep(),
        new AssociateStep(),
        new HandOverStep(),
        new WaitForLoginStep(),
        new CompleteStep(),
        new RemoveEnrollmentUserStep(),
        new RemoveItselfStep(),
    ];
}
