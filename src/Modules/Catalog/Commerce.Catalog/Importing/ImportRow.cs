using System.Globalization;
using System.Text;
using System.Text.Json;
using Commerce.Catalog.Wire;
using Commerce.Outcomes;
using Commerce.Web;

namespace Commerce.Catalog.Importing;

/// <summary>
/// One product of an import as a line of a chunk: <c>number count payload</c>. The payload is the JSON of a product, or <c>!</c> and why there is none.
/// </summary>
/// <param name="Number">The row in the file, from 1.</param>
/// <param name="Count">How many rows of the file it stands for: a CSV row is a variant, and variants of one product come together.</param>
/// <param name="Payload">UTF-8 without line breaks.</param>
/// <param name="Records">Of CSV: the records as they stood in the file, as a JSON array behind a tab; else nothing.</param>
internal readonly record struct ImportRow(long Number, int Count, ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Records = default)
{
    private const byte Tab = (byte)'\t';

    private static readonly JsonSerializerOptions Json = Options();

    /// <summary>What to write for a row that cannot be read.</summary>
    public static byte[] Unreadable(string reason) => Encoding.UTF8.GetBytes("!" + reason.ReplaceLineEndings(" "));

    /// <summary>A row of CSV records.</summary>
    public static ImportRow OfRecords(long number, byte[] payload, IReadOnlyList<string> records) => new(number, records.Count, payload, JsonSerializer.SerializeToUtf8Bytes(records));

    /// <summary>The row as it came: what is told to who has to mend it.</summary>
    public byte[]? Original() => Records.Length > 0 ? Records.ToArray() : Payload.Length > 0 && Payload.Span[0] != (byte)'!' ? Payload.ToArray() : null;

    /// <summary>Adds the line to a chunk.</summary>
    public void AppendTo(MemoryStream chunk)
    {
        chunk.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Number} {Count} ")));
        chunk.Write(Payload.Span);
        if (Records.Length > 0)
        {
            chunk.WriteByte(Tab);
            chunk.Write(Records.Span);
        }

        chunk.WriteByte((byte)'\n');
    }

    /// <summary>Reads the lines of a chunk.</summary>
    public static List<ImportRow> ReadChunk(ReadOnlyMemory<byte> chunk, bool isCsv)
    {
        var rows = new List<ImportRow>();
        while (!chunk.IsEmpty)
        {
            var end = chunk.Span.IndexOf((byte)'\n');
            var line = chunk[..end];
            chunk = chunk[(end + 1)..];
            var first = line.Span.IndexOf((byte)' ');
            var second = first + 1 + line.Span[(first + 1)..].IndexOf((byte)' ');
            var payload = line[(second + 1)..];

            // What we wrote of CSV has no tab of its own; a client's JSON may.
            var tab = isCsv ? payload.Span.IndexOf(Tab) : -1;
            rows.Add(new ImportRow(
                long.Parse(line.Span[..first], NumberStyles.None, CultureInfo.InvariantCulture),
                int.Parse(line.Span[(first + 1)..second], NumberStyles.None, CultureInfo.InvariantCulture),
                tab < 0 ? payload : payload[..tab],
                tab < 0 ? default : payload[(tab + 1)..]));
        }

        return rows;
    }

    /// <summary>The product of the row, or what is wrong with it.</summary>
    public Outcome<ProductDraft> Read()
    {
        if (Payload.Length > 0 && Payload.Span[0] == (byte)'!')
        {
            return ValidationFailed.Of("$", Encoding.UTF8.GetString(Payload.Span[1..]));
        }

        try
        {
            return JsonSerializer.Deserialize<ProductRequest>(Payload.Span, Json) is { } request
                ? ProductReading.Read(request, isNew: false)
                : ValidationFailed.Of("$", "A row is the JSON object of a product.");
        }
        catch (JsonException fault)
        {
            return WireJson.Explain(fault);
        }
    }

    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        WireJson.Configure(options);
        return options;
    }
}
