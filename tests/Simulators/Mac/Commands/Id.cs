using System.Globalization;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>id</c>: numbers and groups of an account.</summary>
internal static class Id
{
    public static CommandAnswer Run(CommandCall call)
    {
        var options = string.Concat(call.Arguments.Where(argument => argument.StartsWith('-')).Select(argument => argument[1..]));
        var name = call.Arguments.FirstOrDefault(argument => !argument.StartsWith('-'));
        var user = name is null ? call.State.Find(call.Uid) : call.State.Find(name);
        if (user is null || user.Uid == MacUser.NoUid)
        {
            return CommandAnswer.Failed(1, $"id: {name}: no such user\n");
        }

        var admin = call.State.IsAdmin(user.ShortName);
        return CommandAnswer.Ok(options switch
        {
            "u" => Text(user.Uid),
            "un" or "nu" => user.ShortName,
            "g" => Text(user.Gid),
            "gn" or "ng" => "staff",
            "F" => user.FullName,
            "G" => admin ? $"{Text(user.Gid)} 80" : Text(user.Gid),
            "Gn" or "nG" => admin ? "staff admin" : "staff",
            _ => $"uid={Text(user.Uid)}({user.ShortName}) gid={Text(user.Gid)}(staff) groups={Text(user.Gid)}(staff){(admin ? ",80(admin)" : string.Empty)}",
        } + "\n");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
