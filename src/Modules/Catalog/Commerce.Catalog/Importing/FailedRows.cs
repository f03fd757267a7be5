using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.Catalog.Wire;

namespace Commerce.Catalog.Importing;

/// <summary>
/// The rows of a job that failed, in the form that they came in, each with what is wrong with it: a file to mend and send again. What says the fault is a
/// column or member that an import passes over.
/// </summary>
internal sealed class FailedRows(ImportJobs jobs)
{
    private const int PageSize = 500;
    private const string Member = "importError";

    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <summary>A line for each row that could be kept.</summary>
    public async Task WriteNdjsonAsync(JobRow job, Stream output, CancellationToken cancellationToken)
    {
        await foreach (var fault in ReadAsync(job.Id, cancellationToken))
        {
            await output.WriteAsync(Told(fault), cancellationToken);
            await output.WriteAsync(LineEnd, cancellationToken);
        }
    }

    /// <summary>The header and the records; the fault stands first, where a record that is too short does not move it.</summary>
    public async Task WriteCsvAsync(JobRow job, Stream output, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true);
        await writer.WriteAsync($"{Member}{job.Delimiter}{WithoutFault(job.Header ?? "", job)}\r\n");
        await foreach (var fault in ReadAsync(job.Id, cancellationToken))
        {
            foreach (var record in JsonSerializer.Deserialize<string[]>(fault.Payload)!)
            {
                await writer.WriteAsync($"\"{fault.Message.Replace("\"", "\"\"", StringComparison.Ordinal)}\"{job.Delimiter}{WithoutFault(record, job)}\r\n");
            }
        }
    }

    // A file that was mended before has the fault of then in front.
    private static string WithoutFault(string record, JobRow job)
    {
        if (job.Header?.StartsWith(Member, StringComparison.Ordinal) != true)
        {
            return record;
        }

        var quoted = false;
        for (var i = 0; i < record.Length; i++)
        {
            quoted ^= record[i] == '"';
            if (!quoted && record[i] == job.Delimiter[0])
            {
                return record[(i + 1)..];
            }
        }

        return record;
    }

    private static byte[] Told(ImportFault fault)
    {
        try
        {
            if (JsonNode.Parse(fault.Payload) is JsonObject row)
            {
                row.Remove(Member);
                row.Insert(0, Member, fault.Message);
                return JsonSerializer.SerializeToUtf8Bytes(row, Rendered.Json);
            }
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // No JSON, or a member twice: that is its fault.
        }

        return fault.Payload!;
    }

    private async IAsyncEnumerable<ImportFault> ReadAsync(Guid id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0L;
        while (await jobs.FailedRowsAsync(id, after, PageSize, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var fault in page.Where(fault => fault.Payload is not null))
            {
                yield return fault;
            }

            after = page[^1].Row;
        }
    }
}
