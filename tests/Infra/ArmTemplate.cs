using System.Text.Json.Nodes;

namespace Prestage.Tests.Infra;

/// <summary>One compiled template, without those of its modules.</summary>
internal sealed record ArmTemplate(string File, JsonObject Root)
{
    /// <summary>Its parameters by name.</summary>
    public Dictionary<string, JsonObject> Parameters => Section("parameters");

    /// <summary>Its outputs by name.</summary>
    public Dictionary<string, JsonObject> Outputs => Section("outputs");

    /// <summary>Its resources, existing ones too, with the name that the template has for each, where it has one.</summary>
    public IReadOnlyList<(string Symbol, JsonObject Resource)> Resources => Root["resources"] switch
    {
        JsonObject named => [.. named.Select(resource => (resource.Key, resource.Value!.AsObject()))],
        JsonArray list => [.. list.Select(resource => (string.Empty, resource!.AsObject()))],
        _ => [],
    };

    /// <summary>Whether a parameter need not be given.</summary>
    public bool IsOptional(string parameter) =>
        Parameters[parameter].ContainsKey("defaultValue") || (bool?)Parameters[parameter]["nullable"] == true;

    /// <summary>All texts in it, its modules' left out.</summary>
    public IEnumerable<string> Texts() => Root.Where(section => section.Key != "resources").Select(section => section.Value)
        .Concat(Resources.Select(each => each.Resource).Where(resource => Json.Text(resource, "type") != "Microsoft.Resources/deployments"))
        .SelectMany(Json.Texts);

    private Dictionary<string, JsonObject> Section(string name) =>
        (Root[name] as JsonObject ?? []).ToDictionary(entry => entry.Key, entry => entry.Value!.AsObject());
}
