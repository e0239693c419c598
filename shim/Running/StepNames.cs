namespace Prestage.Shim.Running;

/// <summary>The steps' names, in their order.</summary>
internal static class StepNames
{
    public const string Preflight = "preflight";
    public const string WaitForSession = "wait-for-session";
    public const string Window = "window";
    public const string Agent = "agent";
    public const string Identify = "identify";
    public const string SetPassword = "set-password";
    public const string CreateAccount = "create-account";
    public const string SecureToken = "secure-token";
    public const string Associate = "associate";
    public const string HandOver = "hand-over";
    public const string WaitForLogin = "wait-for-login";
    public const string Complete = "complete";
    public const string RemoveEnrollmentUser = "remove-enrollment-user";
    public const string RemoveItself = "remove-itself";
}
