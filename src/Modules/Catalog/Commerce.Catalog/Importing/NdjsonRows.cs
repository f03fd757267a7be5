using System.Buffers;
using System.IO.Pipelines;

namespace Commerce.Catalog.Importing;

/// <summary>Rows of NDJSON: a line is a product. Only line ends are looked for here; what a line says is read when the job gets to it.</summary>
internal static class NdjsonRows
{
    /// <summary>Bytes of a line at the most: memory stays bounded whatever is sent.</summary>
    public const int MaxLine = 1024 * 1024;

    private static readonly byte[] Mark = [0xEF, 0xBB, 0xBF];

    /// <summary>Reads rows as they arrive.</summary>
    public static async IAsyncEnumerable<ImportRow> ReadAsync(Stream body, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        var number = 0L;
        var tooLong = false;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (TryTake(ref buffer, read.IsCompleted, out var line))
            {
                number++;
                if (tooLong || line.Length > MaxLine)
                {
                    tooLong = false;
                    yield return new ImportRow(number, 1, ImportRow.Unreadable($"A row has at most {MaxLine} bytes."));
                    continue;
                }

                var bytes = Trim(line.ToArray(), number == 1);
                if (bytes.Length > 0)
                {
                    yield return new ImportRow(number, 1, bytes);
                }
            }

            if (buffer.Length > MaxLine)
            {
                // What is known to be too long need not be kept until its end comes.
                tooLong = true;
                buffer = buffer.Slice(buffer.End);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted && buffer.IsEmpty)
            {
                break;
            }
        }

        await reader.CompleteAsync();
    }

    private static bool TryTake(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }

        line = buffer;
        if (!isLast || buffer.IsEmpty)
        {
            return false;
        }

        buffer = buffer.Slice(buffer.End);
        return true;
    }

    private static ReadOnlyMemory<byte> Trim(byte[] line, bool first)
    {
        var bytes = line.AsMemory();
        if (first && bytes.Span.StartsWith(Mark))
        {
            bytes = bytes[Mark.Length..];
        }

        return bytes.Trim(" \t\r"u8);
    }
}
