using Xunit;

namespace Prestage.Tests.Telemetry;

/// <summary>Tests that listen to the whole process, so that nothing else may run in it: a listener would hear other tests' calls, and change what they carry.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "listens to the whole process";
}
