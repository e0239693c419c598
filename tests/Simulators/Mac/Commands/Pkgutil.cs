using System.Globalization;
using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>pkgutil</c>: signatures and receipts.</summary>
internal static class Pkgutil
{
    public static CommandAnswer Run(CommandCall call) => call.Arguments switch
    {
        ["--check-signature", var file] => Check(call, file),
        ["--pkg-info", var id] => Info(call, id),
        ["--forget", var id] => Forget(call, id),
        ["--pkgs"] => CommandAnswer.Ok(string.Concat(call.State.Receipts.Keys.Select(id => id + "\n"))),
        _ => CommandAnswer.Failed(1, "Usage: pkgutil [OPTIONS] [COMMANDS] ...\n"),
    };

    private static CommandAnswer Check(CommandCall call, string file)
    {
        var host = call.Files.FromArgument(file);
        var head = $"Package \"{Path.GetFileName(file)}\":\n";
        if (!File.Exists(host))
        {
            return CommandAnswer.Failed(1, $"Could not open package: {file}\n");
        }

        if (MacPackage.Read(host) is not { SignatureStatus: { } status } package || status == "no signature")
        {
            return new CommandAnswer(1, $"{head}   Status: no signature\n");
        }

        var notarized = package.IsTrusted ? "   Notarization: trusted by the Apple notary service\n" : string.Empty;
        return new CommandAnswer(status.Contains("untrusted", StringComparison.Ordinal) ? 1 : 0, $"""
            {head}   Status: {status}
            {notarized}   Signed with a trusted timestamp on: 2026-10-01 12:00:00 +0000
               Certificate Chain:
                1. {package.Leaf}
                   Expires: 2029-01-01 00:00:00 +0000
                   SHA256 Fingerprint:
                       6B 0C 1F 8D 3E 55 21 9A 70 C4 A9 13 E2 0F 6D 88 47 B1 52 9C 03 DE
                       71 F8 24 96 5A BB 0D 43 7E 19
                   ------------------------------------------------------------------------
                2. Developer ID Certification Authority
                   Expires: 2031-09-17 00:00:00 +0000
                   ------------------------------------------------------------------------
                3. Apple Root CA
                   Expires: 2035-02-09 21:40:36 +0000

            """);
    }

    private static CommandAnswer Info(CommandCall call, string id) => call.State.Receipts.TryGetValue(id, out var receipt)
        ? CommandAnswer.Ok(string.Create(
            CultureInfo.InvariantCulture,
            $"package-id: {id}\nversion: {receipt.Version}\nvolume: /\nlocation: \ninstall-time: {receipt.InstalledAt.ToUnixTimeSeconds()}\n"))
        : CommandAnswer.Failed(1, $"No receipt for '{id}' found at '/'.\n");

    private static CommandAnswer Forget(CommandCall call, string id)
    {
        if (!call.State.Receipts.ContainsKey(id))
        {
            return CommandAnswer.Failed(1, $"No receipt for '{id}' found at '/'.\n");
        }

        call.Change(state => state with { Receipts = state.Receipts.Remove(id) });
        return CommandAnswer.Ok($"Forgot package '{id}' on '/'.\n");
    }
}
