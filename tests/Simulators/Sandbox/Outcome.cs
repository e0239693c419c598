using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Prestage.Simulators.Processes;

namespace Prestage.Simulators.Sandbox;

/// <summary>Looks for itself, after a run, whether everything is as it should be: in the tenant, in the tables and on the Mac.</summary>
internal static class Outcome
{
    /// <summary>What is not as it should be; empty when all is.</summary>
    public static async Task<IReadOnlyList<string>> CheckAsync(
        World world, EnrollingMac mac, SandboxPerson person, string userId, CancellationToken cancellationToken)
    {
        List<string> wrong = [];
        var password = await FindPasswordAsync(world, person, userId, cancellationToken);
        Expect(wrong, password is not null, "the tenant has another password");
        await CheckTenantAsync(world, mac, userId, wrong, cancellationToken);
        await CheckTablesAsync(world, mac, userId, wrong, cancellationToken);
        await CheckMacAsync(mac, person, password ?? person.Password, wrong, cancellationToken);
        return wrong;
    }

    // The one of the person's passwords that the tenant has; the Mac must have no other.
    private static async Task<string?> FindPasswordAsync(World world, SandboxPerson person, string userId, CancellationToken cancellationToken)
    {
        foreach (var password in person.Passwords)
        {
            var body = new JsonObject { ["userId"] = userId, ["password"] = password };
            if ((bool?)(await world.PostAsync("/sim/check-password", body, cancellationToken))["matches"] == true)
            {
                return password;
            }
        }

        return null;
    }

    private static async Task CheckTenantAsync(
        World world, EnrollingMac mac, string userId, List<string> wrong, CancellationToken cancellationToken)
    {
        var state = await world.TenantStateAsync(cancellationToken);
        var systems = Items(state, "systems").Where(system => system["serialNumber"]?.ToString() == mac.SerialNumber).ToList();
        Expect(wrong, systems.Count == 1, $"the tenant has {systems.Count} systems of this serial number");
        var systemId = systems.FirstOrDefault()?["_id"]?.ToString();
        var bindings = Items(state, "bindings").Where(binding => binding["systemId"]?.ToString() == systemId)
            .Select(binding => binding["userId"]?.ToString()).ToList();
        Expect(wrong, bindings is [var only] && only == userId, $"the Mac is bound to {bindings.Count} people");
        var groups = Items(state, "groups")
            .Where(group => Items(group, "members").Any(member => member.ToString() == systemId))
            .Select(group => group["id"]?.ToString())
            .ToList();
        Expect(wrong, groups is [var group] && group == world.PostEnrollmentGroup, "the Mac is not in its final group alone");
        var user = Items(state, "users").Single(candidate => candidate["_id"]?.ToString() == userId);
        Expect(wrong, user["state"]?.ToString() == "ACTIVATED", "the person is not active in the tenant");
    }

    private static async Task CheckTablesAsync(World world, EnrollingMac mac, string userId, List<string> wrong, CancellationToken cancellationToken)
    {
        List<TableEntity> rows = [];
        var table = new TableServiceClient(world.StorageConnectionString).GetTableClient("Enrollments");
        await foreach (var row in table.QueryAsync<TableEntity>(cancellationToken: cancellationToken))
        {
            if (row.RowKey.StartsWith("s|", StringComparison.Ordinal) && row.GetString("SerialNumber") == mac.SerialNumber)
            {
                rows.Add(row);
            }
        }

        Expect(
            wrong,
            rows is [var one] && one.GetString("State") == "completed" && one.GetString("UserId") == userId,
            $"the tables have these enrollments of the Mac: {string.Join(", ", rows.Select(row => row.GetString("State")))}");
    }

    private static async Task CheckMacAsync(
        EnrollingMac mac, SandboxPerson person, string password, List<string> wrong, CancellationToken cancellationToken)
    {
        var (code, _) = await CommandAsync(mac, "/usr/bin/dscl", [".", "-read", $"/Users/{person.Username}", "UniqueID"], null, cancellationToken);
        Expect(wrong, code == 0, "the Mac has no account of the person");
        (code, _) = await CommandAsync(mac, "/usr/bin/dscl", ["/Local/Default", "-authonly", person.Username], password, cancellationToken);
        Expect(wrong, code == 0, "the account has another password");
        var (_, token) = await CommandAsync(mac, "/usr/sbin/sysadminctl", ["-secureTokenStatus", person.Username], null, cancellationToken);
        Expect(wrong, token.Contains("ENABLED", StringComparison.Ordinal), "the account holds no Secure Token");
        var (_, console) = await CommandAsync(mac, "/usr/bin/stat", ["-f%Su", "/dev/console"], null, cancellationToken);
        Expect(wrong, console.Trim() == person.Username, $"{console.Trim()} is at the console");
        var (_, users) = await CommandAsync(mac, "/usr/bin/dscl", [".", "-list", "/Users", "UniqueID"], null, cancellationToken);
        var people = users.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])
            .Where(name => !name.StartsWith('_') && name is not ("root" or "daemon" or "nobody" or "enroll")).ToList();
        Expect(wrong, people is [var single] && single == person.Username, $"the Mac has these accounts: {string.Join(", ", people)}");
        var (_, hidden) = await CommandAsync(mac, "/usr/bin/dscl", [".", "-read", "/Users/enroll", "IsHidden"], null, cancellationToken);
        var enrollGone = hidden.Contains("eDSRecordNotFound", StringComparison.Ordinal);
        Expect(wrong, enrollGone || hidden.Contains("IsHidden: 1", StringComparison.Ordinal), "the enrollment user is neither removed nor hidden");
    }

    private static async Task<(int Code, string Text)> CommandAsync(
        EnrollingMac mac, string command, IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken)
    {
        await using var process = ChildProcess.Start(new($"{mac.Root}{command}", arguments) { StandardInput = input is null ? null : $"{input}\n" });
        var code = await process.Exited.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
        return (code, string.Join('\n', process.Lines.Select(line => line.Text)));
    }

    private static IEnumerable<JsonNode> Items(JsonNode? node, string member) => (node?[member] as JsonArray ?? []).OfType<JsonNode>();

    private static void Expect(List<string> wrong, bool holds, string otherwise)
    {
        if (!holds)
        {
            wrong.Add(otherwise);
        }
    }
}
