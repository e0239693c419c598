using System.Text.Json.Nodes;

namespace Prestage.Simulators.JumpCloud;

/// <summary>What an API call answers; nothing reaches the wire before a fault had its say.</summary>
internal sealed record Answer(int Status, JsonNode? Body = null, string? Text = null, string ContentType = "application/json; charset=utf-8")
{
    /// <summary>Headers besides the content type.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>200 with JSON.</summary>
    public static Answer Ok(JsonNode body) => new(200, body);

    /// <summary>204.</summary>
    public static Answer NoContent { get; } = new(204);

    /// <summary>200 with <c>OK</c>, as the state actions answer.</summary>
    public static Answer Done { get; } = new(200, Text: "OK", ContentType: "text/plain; charset=utf-8");

    /// <summary>A refusal in the loose shape that real bodies have.</summary>
    public static Answer Refusal(int status, string message) => new(status, new JsonObject { ["message"] = message });

    /// <summary>A gateway's page.</summary>
    public static Answer Html(int status, string title) =>
        new(status, Text: $"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n", ContentType: "text/html");

    /// <summary>The 401 of a bad, rotated or garbled key.</summary>
    public static Answer KeyRefused() =>
        new(401, new JsonObject { ["error"] = "Unauthorized", ["message"] = "Unauthorized: api key user not found" });

    /// <summary>The 401 of everything else; V1 and V2 word it differently.</summary>
    public static Answer Unauthorized(string path) => path.StartsWith("/api/v2/", StringComparison.OrdinalIgnoreCase)
        ? Refusal(401, "Unauthorized")
        : new(401, new JsonObject { ["message"] = "Unauthorized", ["error"] = "Unauthorized" });

    /// <summary>The body as it goes over the wire.</summary>
    public string Content => Body?.ToJsonString() ?? Text ?? "";
}

/// <summary>Ends a call with a refusal.</summary>
internal sealed class ApiRefusal(Answer answer) : Exception
{
    /// <summary>A refusal with a message.</summary>
    public ApiRefusal(int status, string message)
        : this(Answer.Refusal(status, message))
    {
    }

    /// <summary>What to answer.</summary>
    public Answer Answer => answer;
}
