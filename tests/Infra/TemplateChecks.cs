using System.Text.RegularExpressions;

namespace Prestage.Tests.Infra;

/// <summary>Checks of the templates by themselves. Each answers its problems, none when all is well.</summary>
internal static partial class TemplateChecks
{
    public static IEnumerable<string> Parses(InfraSource infra) =>
        from file in infra.Files
        from node in file.Root.All
        where node.Type is "ERROR" or "MISSING"
        select $"{file.At(node)}: does not parse: {node.Text}";

    public static IEnumerable<string> KnowsEveryResourceType(InfraSource infra) =>
        from file in infra.Files
        from resource in file.Resources
        where !KnownAzure.ResourceTypes.Contains(resource.FirstString) && !KnownAzure.NestedTypes.Contains(resource.FirstString)
        select $"{file.At(resource)}: {resource.FirstString} was not looked up";

    public static IEnumerable<string> PassesEveryModuleParameter(InfraSource infra)
    {
        foreach (var file in infra.Files)
        {
            foreach (var module in file.Modules)
            {
                if (infra.Files.FirstOrDefault(called => called.Path == module.FirstString) is not { } called)
                {
                    yield return $"{file.At(module)}: there is no {module.FirstString}";
                    continue;
                }

                var passed = module.Property("params")!.Children.Where(child => child.Type == "object_property").Select(child => child.Children[0].Text).ToList();
                var declared = called.Parameters.Select(parameter => parameter.Name).ToList();
                var needed = called.Parameters.Where(parameter => !HasDefault(parameter)).Select(parameter => parameter.Name);
                foreach (var name in passed.Except(declared))
                {
                    yield return $"{file.At(module)}: {called.Path} has no parameter {name}";
                }

                foreach (var name in needed.Except(passed))
                {
                    yield return $"{file.At(module)}: {called.Path} needs the parameter {name}";
                }

                foreach (var output in OutputsUsed(file, module).Except(called.Outputs.Select(output => output.Name)))
                {
                    yield return $"{file.At(module)}: {called.Path} has no output {output}";
                }
            }
        }
    }

    public static IEnumerable<string> DescribesAndUsesEveryParameter(InfraSource infra)
    {
        foreach (var file in infra.Files)
        {
            foreach (var declaration in file.Parameters.Concat(file.Outputs))
            {
                if (file.DecoratorsOf(declaration)?.Text.Contains("@description(", StringComparison.Ordinal) != true)
                {
                    yield return $"{file.At(declaration)}: {declaration.Name} has no description";
                }
            }

            var declared = file.Parameters.Concat(file.Root.Children.Where(node => node.Type == "variable_declaration"));
            foreach (var declaration in declared)
            {
                // Its own name is one; the name of a property is none.
                var named = file.Root.All.SelectMany(node => node.Type == "object_property" ? node.Children.Skip(1) : node.Children);
                if (named.Count(node => node.Type == "identifier" && node.Text == declaration.Name) < 2)
                {
                    yield return $"{file.At(declaration)}: {declaration.Name} is used nowhere";
                }
            }
        }
    }

    public static IEnumerable<string> GivesAzdItsParameters(InfraSource infra)
    {
        var declared = infra.Main.Parameters.ToDictionary(parameter => parameter.Name);
        foreach (var name in infra.Parameters.Keys.Except(declared.Keys))
        {
            yield return $"main.parameters.json: main.bicep has no parameter {name}";
        }

        foreach (var name in declared.Keys.Except(infra.Parameters.Keys))
        {
            yield return $"main.parameters.json: lacks {name}, which then nobody can set";
        }

        foreach (var (name, value) in infra.Parameters.Where(parameter => declared.ContainsKey(parameter.Key)))
        {
            // azd asks for a text that comes out empty, unless the template has a default for it.
            if (value.ToString().EndsWith("=}", StringComparison.Ordinal) && !HasDefault(declared[name]))
            {
                yield return $"main.bicep: {name} may be empty and has no default: azd would ask for it";
            }
        }
    }

    /// <summary>Whether a parameter need not be passed: it has a default, or its type ends with a question mark.</summary>
    private static bool HasDefault(BicepNode parameter) => parameter.Children.Count > 2 || parameter.Children.Any(child => child.Text.EndsWith('?'));

    private static IEnumerable<string> OutputsUsed(BicepFile file, BicepNode module) =>
        OutputUse().Matches(file.Root.Text).Where(match => match.Groups["module"].Value == module.Name).Select(match => match.Groups["output"].Value);

    [GeneratedRegex(@"\b(?<module>\w+)!?\.outputs\.(?<output>\w+)")]
    private static partial Regex OutputUse();
}
