using System.Text.Json;
using Commerce.Catalog.Importing;
using Commerce.Outcomes;

namespace Commerce.Catalog.Wire;

/// <summary>How a job goes.</summary>
/// <param name="Id">The job.</param>
/// <param name="Kind"><c>import</c>.</param>
/// <param name="Status"><c>queued</c>, <c>running</c>, <c>completed</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Processed">Rows done, failed ones included.</param>
/// <param name="Total">Rows of the file.</param>
/// <param name="Failed">Rows that were not imported.</param>
/// <param name="Errors">The first hundred of them.</param>
/// <param name="Error">Why the job as a whole failed, or null.</param>
/// <param name="CreatedAt">When it came.</param>
/// <param name="StartedAt">When it began, or null.</param>
/// <param name="FinishedAt">When it ended, or null.</param>
/// <param name="DryRun">True when nothing is changed: the counts tell what would be.</param>
/// <param name="Created">Rows that made a product.</param>
/// <param name="Updated">Rows that changed one.</param>
/// <param name="Unchanged">Rows that said what was so already.</param>
internal sealed record JobResponse(
    Guid Id, string Kind, string Status, long Processed, long Total, long Failed, IReadOnlyList<JobErrorResponse> Errors, string? Error,
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, bool DryRun, long Created, long Updated, long Unchanged)
{
    /// <summary>Faults shown at the most.</summary>
    public const int MostErrors = 100;

    /// <summary>The wire form of a job.</summary>
    public static JobResponse Of(JobRow job, IReadOnlyList<ImportFault> faults) => new(
        job.Id, job.Kind, job.Status == "receiving" ? "queued" : job.Status, job.Processed, job.Total, job.Failed, [.. faults.Select(JobErrorResponse.Of)], job.Error,
        job.CreatedAt, job.StartedAt, job.FinishedAt, job.DryRun, job.Created, job.Updated, job.Unchanged);
}

/// <summary>A row that was not imported.</summary>
/// <param name="Row">The row in the file, from 1; of a CSV file the header is not counted.</param>
/// <param name="Sku">Its SKU, when it could be read.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Errors">Messages by field.</param>
internal sealed record JobErrorResponse(long Row, string? Sku, string Message, JsonElement? Errors)
{
    /// <summary>The wire form of a fault.</summary>
    public static JobErrorResponse Of(ImportFault fault) =>
        new(fault.Row, fault.Sku, fault.Message, fault.Errors is null ? null : JsonSerializer.Deserialize<JsonElement>(fault.Errors));
}

/// <summary>There is no such job.</summary>
[Problem(404, "job-unknown", "There is no such job")]
internal sealed record JobUnknown() : Refusal("No job has this id.");
