using System.Globalization;

namespace Prestage.Simulators.Sandbox;

/// <summary>What the sandbox is asked for.</summary>
/// <param name="Published">The published folder of the backend; null: the one that was built beside this program.</param>
/// <param name="Seed">Of the misfortunes; null: none.</param>
internal sealed record SandboxOptions(int Macs = 1, bool Exit = false, string? Published = null, ulong? Seed = null)
{
    private const int MostMacs = 50;

    public static readonly string Usage = $"sandbox [--exit] [--macs 1..{MostMacs}] [--published] [--faults [--seed N]]";

    /// <summary>Null where they are not understood.</summary>
    public static SandboxOptions? Parse(string[] args)
    {
        var (options, faults) = (new SandboxOptions(), false);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--exit":
                    options = options with { Exit = true };
                    break;
                case "--published":
                    options = options with { Published = Repository.Published };
                    break;
                case "--faults":
                    faults = true;
                    break;
                case "--macs" when i + 1 < args.Length
                    && int.TryParse(args[++i], NumberStyles.None, CultureInfo.InvariantCulture, out var macs) && macs is >= 1 and <= MostMacs:
                    options = options with { Macs = macs };
                    break;
                case "--seed" when i + 1 < args.Length
                    && ulong.TryParse(args[++i], NumberStyles.None, CultureInfo.InvariantCulture, out var seed):
                    options = options with { Seed = seed };
                    break;
                default:
                    return null;
            }
        }

        return faults ? options with { Seed = options.Seed ?? Misfortunes.MisfortuneRun.NewSeed() } : options.Seed is null ? options : null;
    }
}
