using System.Xml.Linq;
using Prestage.Functions.Hosting;
using Prestage.Simulators;
using Xunit;

namespace Prestage.Tests.Infra;

/// <summary>What azd does to a .NET project of a service.</summary>
public sealed class AzdProjectTests
{
    [Fact]
    public void The_backend_s_project_has_the_id_that_azd_would_write_into_it_and_the_program_does_not()
    {
        var project = XDocument.Load(Path.Combine(Repository.Root, "functions/functions.csproj"));

        Assert.True(Guid.TryParseExact(project.Descendants("UserSecretsId").Single().Value, "D", out _));
        Assert.DoesNotContain(typeof(Settings).Assembly.CustomAttributes, attribute => attribute.AttributeType.Name.Contains("UserSecrets", StringComparison.Ordinal));
    }
}
