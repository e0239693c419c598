using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>Everything of the Mac that the steps touch, over one command runner.</summary>
internal sealed class MacSystem
{
    public MacSystem(MacPaths paths, CommandRunner commands, TimeProvider time)
    {
        Paths = paths;
        Machine = new Machine(commands);
        Session = new LoginSession(commands, paths);
        Accounts = new LocalAccounts(commands, paths, time);
        AutoLogin = new AutoLogin(commands, paths);
        Passwords = new AccountPasswords(commands);
        Admins = new AdminGroup(commands, Accounts);
        Tokens = new SecureTokens(commands);
        Packages = new Packages(commands);
        Jobs = new LaunchdJobs(commands);
        Agent = new JumpCloudAgent(paths, commands);
        ServiceAccount = new ServiceAccountOrder(paths);
        TokenAdmin = new TokenAdminFile(paths, commands);
    }

    public MacPaths Paths { get; }

    public Machine Machine { get; }

    public LoginSession Session { get; }

    public LocalAccounts Accounts { get; }

    public AutoLogin AutoLogin { get; }

    public AccountPasswords Passwords { get; }

    public AdminGroup Admins { get; }

    public SecureTokens Tokens { get; }

    public Packages Packages { get; }

    public LaunchdJobs Jobs { get; }

    public JumpCloudAgent Agent { get; }

    public ServiceAccountOrder ServiceAccount { get; }

    public TokenAdminFile TokenAdmin { get; }
}
