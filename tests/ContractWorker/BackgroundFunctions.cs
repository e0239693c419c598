using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;

namespace Prestage.ContractWorker;

/// <summary>Functions that the platform starts. Each prints what it got as one line of JSON; a message says what then happens.</summary>
public static class BackgroundFunctions
{
    [Function("Message")]
    public static async Task MessageAsync(
        [QueueTrigger("%CONTRACT_QUEUE%", Connection = "AzureWebJobsStorage")] string message, FunctionContext context)
    {
        Print("Message", message, context);
        if (message.Contains("fail", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("The message says so.");
        }

        if (message.Contains("slow", StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None);
            Print("Done", message, context);
        }
    }

    /// <summary>What lands in the poison queue fails here too.</summary>
    [Function("Poisoned")]
    public static void Poisoned(
        [QueueTrigger("%CONTRACT_QUEUE%-poison", Connection = "AzureWebJobsStorage")] string message, FunctionContext context)
    {
        Print("Poisoned", message, context);
        throw new InvalidOperationException("Poison fails.");
    }

    [Function("Tick")]
    public static void Tick([TimerTrigger("%CONTRACT_SCHEDULE%", UseMonitor = true)] TimerInfo timer, FunctionContext context) =>
        Print("Tick", JsonSerializer.Serialize(timer), context);

    /// <summary>Names a setting that nobody sets.</summary>
    [Function("Unresolved")]
    public static void Unresolved([TimerTrigger("%CONTRACT_NOWHERE%")] TimerInfo timer, FunctionContext context) =>
        Print("Unresolved", JsonSerializer.Serialize(timer), context);

    private static void Print(string function, string value, FunctionContext context) => Console.WriteLine(new JsonObject
    {
        ["function"] = function,
        ["value"] = value,
        ["metadata"] = JsonSerializer.SerializeToNode(
            context.BindingContext.BindingData.ToDictionary(pair => pair.Key, pair => pair.Value?.ToString())),
        ["traceParent"] = context.TraceContext.TraceParent,
    }.ToJsonString());
}
