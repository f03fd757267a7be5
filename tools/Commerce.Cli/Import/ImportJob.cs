using System.Globalization;
using System.Net;
using System.Text.Json;
using Commerce.Cli.Terminal;

namespace Commerce.Cli.Import;

/// <summary>One upload to <c>POST /products/import</c>, followed to its end.</summary>
internal sealed class ImportJob(ShopConnection shop)
{
    private static readonly TimeSpan Upload = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Ask = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BeforeAskingAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>Sends the rows and waits until the Host has taken them all.</summary>
    public async Task<JobSummary> RunAsync(
        string title, long rows, Func<HttpContent> content, CancellationToken cancellationToken)
    {
        JobSummary? summary = null;
        await ProgressLine.RunAsync(title, rows, async report =>
        {
            shop.Note = report.Note;

            // A Host that is killed may forget a job or end it as failed. Rows are upserts, so sending them again is safe.
            for (var sending = 1; summary is null; sending++)
            {
                summary = await TryAsync(rows, content, report, final: sending == 5, cancellationToken);
            }
        });
        return summary!;
    }

    private async Task<JobSummary?> TryAsync(
        long rows, Func<HttpContent> content, IProgressReport report, bool final, CancellationToken cancellationToken)
    {
        var accepted = await shop.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, "api/v1/products/import") { Content = content() }, Upload, cancellationToken);
        if (accepted.Status != HttpStatusCode.Accepted)
        {
            throw new ImportException("The Host did not take the products: " + accepted.Describe());
        }

        var job = accepted.Json().GetProperty("jobId").ToString();
        while (true)
        {
            var answer = await shop.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, $"api/v1/jobs/{job}"), Ask, cancellationToken);
            if (answer.Status == HttpStatusCode.NotFound && !final)
            {
                report.Note("the Host forgot the job; sending the rows again");
                return null;
            }

            if (!answer.IsSuccess)
            {
                throw new ImportException("The Host does not tell how the job is: " + answer.Describe());
            }

            var state = answer.Json();
            var done = Number(state, "processed");
            Show(state);
            switch (state.GetProperty("status").GetString())
            {
                case "completed":
                    return new JobSummary(done, Number(state, "failed"), Errors(state));
                case "failed" or "cancelled" when !final:
                    report.Note("the job ended early; sending the rows again");
                    return null;
                case "failed" or "cancelled":
                    throw new ImportException("The job failed: " + answer.Describe());
                default:
                    await shop.ListenAsync($"api/v1/jobs/{job}/stream", Show, cancellationToken);
                    await Task.Delay(BeforeAskingAgain, cancellationToken);
                    break;
            }
        }

        void Show(JsonElement state)
        {
            report.Total(Math.Max(rows, Number(state, "total")));
            report.At(Number(state, "processed"));
        }
    }

    private static long Number(JsonElement state, string name) =>
        state.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : 0;

    private static List<string> Errors(JsonElement state) =>
        state.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array
            ? [.. errors.EnumerateArray().Take(10).Select(error => error.ToString())]
            : [];
}

/// <summary>How a job ended.</summary>
internal sealed record JobSummary(long Processed, long Failed, IReadOnlyList<string> Errors)
{
    public void Print(string what)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {Processed} processed, {Failed} failed"));
        foreach (var error in Errors)
        {
            Console.WriteLine("  " + error);
        }
    }
}
