namespace Prestage.Tests.Infra;

/// <summary>Checks of each template. Each yields its problems, none when all is well.</summary>
internal static class TemplateChecks
{
    public static async IAsyncEnumerable<string> CompilesWithoutAFinding(InfraSource infra)
    {
        foreach (var file in infra.Files)
        {
            foreach (var finding in (await infra.CompileAsync(file)).Diagnostics)
            {
                yield return $"{file}: {finding}";
            }
        }
    }

    public static async IAsyncEnumerable<string> KnowsEveryResourceType(InfraSource infra)
    {
        foreach (var template in await infra.TemplatesAsync())
        {
            foreach (var (_, resource) in template.Resources)
            {
                var (type, version) = ((string)resource["type"]!, (string?)resource["apiVersion"]);
                var known = version is null ? type : $"{type}@{version}";
                if (type != "Microsoft.Resources/deployments" && !KnownAzure.ResourceTypes.Contains(known))
                {
                    yield return $"{template.File}: {known} was not looked up";
                }
            }
        }
    }

    public static async IAsyncEnumerable<string> DescribesEveryParameterAndOutput(InfraSource infra)
    {
        foreach (var template in await infra.TemplatesAsync())
        {
            var declared = template.Parameters.Concat(template.Outputs);
            foreach (var (name, _) in declared.Where(each => Json.Text(each.Value, "metadata/description") is null))
            {
                yield return $"{template.File}: {name} has no description";
            }
        }
    }

    public static async IAsyncEnumerable<string> GivesAzdItsParameters(InfraSource infra)
    {
        var main = await infra.TemplateAsync("main.bicep");
        foreach (var name in infra.Parameters.Keys.Except(main.Parameters.Keys))
        {
            yield return $"main.parameters.json: main.bicep has no parameter {name}";
        }

        foreach (var name in main.Parameters.Keys.Except(infra.Parameters.Keys))
        {
            yield return $"main.parameters.json: lacks {name}, which then nobody can set";
        }

        foreach (var (name, value) in infra.Parameters.Where(parameter => main.Parameters.ContainsKey(parameter.Key)))
        {
            // azd asks for a text that comes out empty, unless the template has a default for it.
            if (value.ToString().EndsWith("=}", StringComparison.Ordinal) && !main.IsOptional(name))
            {
                yield return $"main.bicep: {name} may be empty and has no default: azd would ask for it";
            }
        }
    }
}
