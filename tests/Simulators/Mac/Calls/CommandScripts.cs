using System.Globalization;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Calls;

/// <summary>
/// Writes the commands as executables: one bash body for all, built-ins only, so that a call costs the start of bash and a loopback
/// connection. It sends each message in one write without line ends in its headers: bash writes a line at a time, and a second small
/// write would wait 40 ms for the first one's delayed acknowledgement. It runs on macOS's bash 3.2 too. The port and a random token are in it, hence mode 0700.
/// </summary>
internal static class CommandScripts
{
    private const string CaffeinatePath = "/usr/bin/caffeinate";
    private const string KillPath = "/bin/kill";

    private const string Body = """
        #!/bin/bash -p
        # The simulated Mac's @NAME@: hands its arguments to the resident process and shows what that answers.
        LC_ALL=C
        exec 3<>/dev/tcp/127.0.0.1/@PORT@ || exit 69
        request="@TOKEN@ @NAME@ ${PRESTAGE_SIMULATED_UID:-0} $# "
        for argument; do request="$request${#argument} $argument"; done
        printf '%s' "$request" >&3
        while IFS=' ' read -r kind first second third <&3; do
          case $kind in
            line)
              line=
              if [ ! -t 0 ] && { IFS= read -r line || [ -n "$line" ]; }; then
                printf 'line %s %s' "${#line}" "$line" >&3
              else
                printf 'end ' >&3
              fi ;;
            answer)
              output= errors=
              [ "$second" -gt 0 ] && IFS= read -r -d '' -n "$second" output <&3
              [ "$third" -gt 0 ] && IFS= read -r -d '' -n "$third" errors <&3
              printf '%s' "$output"
              printf '%s' "$errors" >&2
              exit "$first" ;;
            become)
              IFS= read -r -d '' -n "$third" path <&3
              exec 3>&-
              shift "$second"
              PRESTAGE_SIMULATED_UID=$first exec "$path" "$@" ;;
          esac
        done
        exit 70

        """;

    // Stays for as long as the process it watches, also when the resident process is gone.
    private const string Caffeinate = """
        #!/bin/bash -p
        pid= limit=
        while [ $# -gt 0 ]; do
          case $1 in
            -w) pid=$2; shift ;;
            -t) limit=$2; shift ;;
          esac
          shift
        done
        exec <&- >&- 2>&-
        while { [ -z "$pid" ] || kill -0 "$pid"; } && { [ -z "$limit" ] || [ "$SECONDS" -lt "$limit" ]; }; do
          sleep 0.2
        done

        """;

    // What it ends are processes of the host.
    private const string Kill = """
        #!/bin/bash -p
        kill "$@"

        """;

    /// <summary>The command of that name.</summary>
    public static string Text(string name, int port, string token) => Body
        .Replace("@PORT@", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("@TOKEN@", token, StringComparison.Ordinal)
        .Replace("@NAME@", name, StringComparison.Ordinal);

    public static void Write(string root, int port, string token, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            UnixFile.Write(root + path, Text(Path.GetFileName(path), port, token), UnixFile.OwnerOnlyProgram);
        }

        UnixFile.Write(root + CaffeinatePath, Caffeinate, UnixFile.OwnerOnlyProgram);
        UnixFile.Write(root + KillPath, Kill, UnixFile.OwnerOnlyProgram);
    }
}
