using Prestage.Shim.Languages;

namespace Prestage.Shim.Ui;

/// <summary>The steps as lines of a progress list: neighbours with the same sentence are one line.</summary>
internal sealed class StepRows
{
    private readonly List<Phrase> rows = [];
    private readonly List<int> rowOfStep = [];

    public StepRows(IReadOnlyList<StepView> steps)
    {
        foreach (var step in steps)
        {
            if (rows.Count == 0 || rows[^1].Key != step.Sentence.Key)
            {
                rows.Add(step.Sentence);
            }

            rowOfStep.Add(rows.Count - 1);
        }
    }

    public IReadOnlyList<Phrase> Rows => rows;

    /// <summary>The line of the step at that 0-based place.</summary>
    public int RowOf(int step) => rowOfStep[step];
}
