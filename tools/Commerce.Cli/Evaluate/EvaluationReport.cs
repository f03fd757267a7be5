using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Commerce.Cli.Evaluate;

/// <summary>A figure, what it is of, and what it has to reach.</summary>
/// <param name="Data">The data set.</param>
/// <param name="Measure">What was measured.</param>
/// <param name="Cases">Over how many queries or baskets.</param>
/// <param name="Value">The figure.</param>
/// <param name="Goal">The least it has to be, or null for a part of another figure.</param>
internal sealed record EvaluationFigure(string Data, string Measure, int Cases, double Value, double? Goal)
{
    /// <summary>Whether the goal, if there is one, is reached.</summary>
    public bool Reached => Goal is null || Value >= Goal;
}

/// <summary>The table of an evaluation.</summary>
internal static class EvaluationReport
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Prints the figures, writes them to a file where one is named, and returns the exit code.</summary>
    public static async Task<int> WriteAsync(string title, IReadOnlyList<EvaluationFigure> figures, string? json, CancellationToken cancellationToken)
    {
        var table = new Table().Title(Markup.Escape(title)).AddColumns("data", "measure", "cases", "figure", "goal", "");
        foreach (var figure in figures)
        {
            table.AddRow(
                Markup.Escape(figure.Data),
                Markup.Escape(figure.Measure),
                figure.Cases.ToString(CultureInfo.InvariantCulture),
                Text(figure.Value),
                figure.Goal is { } goal ? Text(goal) : "",
                figure.Goal is null ? "" : figure.Reached ? "reached" : "MISSED");
        }

        AnsiConsole.Write(table);
        var reached = figures.All(figure => figure.Reached);
        if (json is not null)
        {
            await File.WriteAllTextAsync(json, JsonSerializer.Serialize(new { evaluation = title, reached, figures }, Indented), cancellationToken);
        }

        return reached ? 0 : 1;
    }

    private static string Text(double value) => value >= 100 ? value.ToString("0", CultureInfo.InvariantCulture) : value.ToString("0.000", CultureInfo.InvariantCulture);
}
