using System.Globalization;
using System.Text;
using Prestage.Shim.State;

namespace Prestage.Shim.Logging;

/// <summary>A root-only file that never grows beyond its size: it becomes <c>.1</c>, that one <c>.2</c>, and the oldest goes.</summary>
/// <param name="largest">Bytes of one file.</param>
/// <param name="kept">Older files besides the current one.</param>
internal sealed class LogFile(string path, long largest = 1 << 20, int kept = 4)
{
    /// <summary>Adds a line, which alone may be larger than a file.</summary>
    public void Append(string line)
    {
        var file = new FileInfo(path);
        if (file.Exists && file.Length + Encoding.UTF8.GetByteCount(line) + 1 > largest)
        {
            Rotate();
        }

        PrivateFile.Append(path, line + "\n");
    }

    private void Rotate()
    {
        for (var age = kept - 1; age >= 0; age--)
        {
            if (File.Exists(Aged(age)))
            {
                File.Move(Aged(age), Aged(age + 1), overwrite: true);
            }
        }
    }

    private string Aged(int age) => age == 0 ? path : string.Create(CultureInfo.InvariantCulture, $"{path}.{age}");
}
