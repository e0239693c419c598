using System.Text.Json.Nodes;

namespace Prestage.Tests.Infra;

/// <summary>
/// What a set of variables would deploy: every resource with its final properties. What only Azure knows, such as an identity's client id
/// or the cloud's suffixes, stays the expression that reads it.
/// </summary>
internal sealed record Prediction(AzdEnvironment Set, JsonObject Root)
{
    /// <summary>All resources.</summary>
    public IReadOnlyList<JsonObject> Resources => [.. Root["predictedResources"]!.AsArray().Select(resource => resource!.AsObject())];

    /// <summary>The outputs, which azd keeps as variables.</summary>
    public JsonObject Outputs => Root["outputs"]!.AsObject();

    /// <summary>The app's settings by name.</summary>
    public Dictionary<string, string> Settings => Config("appsettings")!["properties"]!.AsObject()
        .ToDictionary(setting => setting.Key, setting => (string)setting.Value!);

    /// <summary>The resources of one type.</summary>
    public IReadOnlyList<JsonObject> Of(string type) => [.. Resources.Where(resource => (string?)resource["type"] == type)];

    /// <summary>One of the app's configurations; null where it is not deployed.</summary>
    public JsonObject? Config(string name) =>
        Of("Microsoft.Web/sites/config").SingleOrDefault(each => Json.Text(each, "name")!.EndsWith($"/{name}", StringComparison.Ordinal));

    /// <summary>A resource for a problem's text.</summary>
    public string At(JsonObject resource) => $"{Set.Name}: {resource["type"]} {resource["name"]}";
}
