namespace Prestage.Tests.Infra;

/// <summary>Checks of who can reach what. Each yields its problems, none when all is well.</summary>
internal static class NetworkChecks
{
    public static async IAsyncEnumerable<string> OpensStorageAndVaultOnlyAsAsked(InfraSource infra)
    {
        await foreach (var prediction in infra.PredictAllAsync())
        {
            var isPrivate = IsPrivate(prediction);
            var addresses = prediction.Set == AzdEnvironment.PrivateWithAddress ? new[] { "203.0.113.7", "198.51.100.0/24" } : [];
            var guarded = prediction.Of("Microsoft.Storage/storageAccounts").Select(account => (account, Allowed: Array.Empty<string>()))
                .Concat(prediction.Of("Microsoft.KeyVault/vaults").Select(vault => (vault, Allowed: addresses)));
            foreach (var (resource, allowed) in guarded)
            {
                var access = isPrivate && allowed.Length == 0 ? "Disabled" : "Enabled";
                var action = isPrivate ? "Deny" : "Allow";
                if (Json.Text(resource, "properties/publicNetworkAccess") != access
                    || Json.Text(resource, "properties/networkAcls/defaultAction") != action
                    || Json.Text(resource, "properties/networkAcls/bypass") != "None"
                    || !Json.Texts(resource["properties"]!["networkAcls"]!["ipRules"]).SequenceEqual(allowed))
                {
                    yield return $"{prediction.At(resource)} must have publicNetworkAccess {access}, defaultAction {action}, bypass None, "
                        + $"and let in these addresses only: {string.Join(", ", allowed)}";
                }
            }
        }
    }

    public static async IAsyncEnumerable<string> ConnectsThePrivateNetwork(InfraSource infra)
    {
        await foreach (var prediction in infra.PredictAllAsync())
        {
            var app = prediction.Of("Microsoft.Web/sites").Single();
            if (!IsPrivate(prediction))
            {
                var parts = prediction.Resources.Where(part => Json.Text(part, "type")!.StartsWith("Microsoft.Network/", StringComparison.Ordinal));
                foreach (var resource in parts)
                {
                    yield return $"{prediction.At(resource)} is deployed, though no private network was asked for";
                }

                continue;
            }

            var network = prediction.Of("Microsoft.Network/virtualNetworks").Single();
            var subnet = network["properties"]!["subnets"]!.AsArray().Single(each => each!["properties"]!["delegations"] is not null)!;
            if ((string?)app["properties"]!["virtualNetworkSubnetId"] != $"{network["id"]}/subnets/{subnet["name"]}"
                || (string?)subnet["properties"]!["delegations"]![0]!["properties"]!["serviceName"] != "Microsoft.App/environments"
                || subnet["properties"]!["natGateway"] is null)
            {
                yield return $"{prediction.At(app)} must call out through the subnet that is delegated to it and has the NAT gateway";
            }

            var endpoints = prediction.Of("Microsoft.Network/privateEndpoints")
                .Select(endpoint => endpoint["properties"]!["privateLinkServiceConnections"]![0]!["properties"]!)
                .Select(link => (Json.Text(link, "groupIds/0"), Json.Text(link, "privateLinkServiceId")!.Split('/')[^1][..3])).Order();
            if (!endpoints.SequenceEqual([("blob", "sth"), ("queue", "sth"), ("table", "std"), ("vault", "kv-")]))
            {
                yield return $"{prediction.Set.Name}: there must be private endpoints for the host's blobs and queues, tables and vault";
            }

            foreach (var group in prediction.Of("Microsoft.Network/privateEndpoints/privateDnsZoneGroups"))
            {
                var config = group["properties"]!["privateDnsZoneConfigs"]![0]!;
                var zone = config["name"]!.ToString() == "vault" ? "'.vaultcore.'" : $"privatelink.{config["name"]}.";
                if (!config["properties"]!["privateDnsZoneId"]!.ToString().Contains(zone, StringComparison.Ordinal))
                {
                    yield return $"{prediction.At(group)} must name the zone {zone}";
                }
            }
        }
    }

    private static bool IsPrivate(Prediction prediction) =>
        prediction.Set.Variables.GetValueOrDefault("PRESTAGE_PRIVATE_NETWORK") == "true";
}
