using System.Text;
using Prestage.Shim.State;

namespace Prestage.Shim.Mac;

/// <summary>
/// What the agent's installer is told of JumpCloud's service account, in the file that it looks for
/// (TheJumpCloud/support, scripts/macos/install_agent_and_serviceaccount.sh) and is meant to delete.
/// </summary>
internal sealed class ServiceAccountOrder(MacPaths paths)
{
    private string Order => paths.Of("/var/run/JumpCloud-SecureToken-Creds.txt");

    /// <summary>Install without the service account, and without asking for it.</summary>
    public void Skip() => PrivateFile.Write(Order, "=skip"u8);

    /// <summary>Make it by this administrator's leave.</summary>
    public void Create(TokenAdmin admin) => PrivateFile.Write(Order, Encoding.UTF8.GetBytes($"{admin.Name};{admin.Password.Reveal()}\n"));

    /// <summary>Whatever the installer left of it, also of an earlier start that was killed.</summary>
    public void Delete()
    {
        if (Directory.Exists(Path.GetDirectoryName(Order)))
        {
            File.Delete(Order);
            File.Delete(Order + ".new");
        }
    }
}
