using System.Globalization;

namespace Prestage.Shim.Mac;

/// <summary>Who is at the screen, as <c>scutil</c> shows <c>State:/Users/ConsoleUser</c>.</summary>
/// <param name="LoginDone">That user's login has ended (<c>kCGSessionLoginDoneKey</c>).</param>
internal sealed record ConsoleUser(string Name, int Uid, bool LoginDone)
{
    private const int FirstHumanUid = 501;

    /// <summary>A person's finished login: not the login window, Setup Assistant or a service account.</summary>
    public bool IsPerson => LoginDone && Uid >= FirstHumanUid && Name is not ("" or "root" or "loginwindow" or "_mbsetupuser");

    /// <summary>Null where nobody was ever at the console (<c>No such key</c>).</summary>
    public static ConsoleUser? Parse(string scutil)
    {
        string? name = null;
        int? uid = null;
        HashSet<int> finished = [];
        (int? Uid, bool Done) session = default;
        foreach (var line in scutil.Split('\n'))
        {
            var (key, value) = Split(line);
            switch (key)
            {
                case "Name":
                    name = value;
                    break;
                case "UID" when int.TryParse(value, CultureInfo.InvariantCulture, out var number):
                    uid = number;
                    break;
                case "kCGSSessionUserIDKey" when int.TryParse(value, CultureInfo.InvariantCulture, out var number):
                    session.Uid = number;
                    break;
                case "kCGSessionLoginDoneKey":
                    session.Done = value == "TRUE";
                    break;
                case "}":
                    // Each session is a dictionary of its own; with fast user switching there are several.
                    if (session is { Done: true, Uid: { } done })
                    {
                        finished.Add(done);
                    }

                    session = default;
                    break;
            }
        }

        return name is null || uid is null ? null : new ConsoleUser(name, uid.Value, finished.Contains(uid.Value));
    }

    private static (string Key, string Value) Split(string line)
    {
        var colon = line.IndexOf(" : ", StringComparison.Ordinal);
        return colon < 0 ? (line.Trim(), string.Empty) : (line[..colon].Trim(), line[(colon + 3)..].Trim());
    }
}
