using System.Text.Json;
using System.Text.Json.Serialization;
using Prestage.Simulators.Mac.Dialogs;
using Prestage.Simulators.Mac.Faults;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac;

/// <summary>JSON of the state file and of the verb's options.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(MacState))]
[JsonSerializable(typeof(SimulatedMacOptions))]
[JsonSerializable(typeof(FaultOrder))]
[JsonSerializable(typeof(PersonAct))]
internal sealed partial class MacJson : JsonSerializerContext;
