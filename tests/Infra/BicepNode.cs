using System.Text.Json.Serialization;

namespace Prestage.Tests.Infra;

/// <summary>One node of a Bicep file's syntax tree, as <c>bicep-tree.js</c> prints it (grammar: tree-sitter-bicep).</summary>
internal sealed record BicepNode(string Type, string Text, int Line, IReadOnlyList<BicepNode> Children)
{
    /// <summary>This node and everything below it, in the file's order.</summary>
    public IEnumerable<BicepNode> All => Children.SelectMany(child => child.All).Prepend(this);

    /// <summary>The first identifier right below: a declaration's name.</summary>
    public string Name => Children.FirstOrDefault(child => child.Type == "identifier")?.Text ?? string.Empty;

    /// <summary>The text of the first string right below, without its quotes: a resource's type, a module's path.</summary>
    public string FirstString => Children.FirstOrDefault(child => child.Type == "string")?.Text.Trim('\'') ?? string.Empty;

    /// <summary>The properties of all objects below: name without quotes, value.</summary>
    public IEnumerable<(string Name, BicepNode? Value)> Properties => All
        .Where(node => node.Type == "object_property")
        .Select(node => (node.Children[0].Text.Trim('\''), node.Children.Count > 1 ? node.Children[1] : null));

    /// <summary>The value of the first property of that name below.</summary>
    public BicepNode? Property(string name) => Properties.FirstOrDefault(property => property.Name == name).Value;
}

[JsonSerializable(typeof(Dictionary<string, BicepNode>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 512)]
internal sealed partial class BicepJson : JsonSerializerContext;
