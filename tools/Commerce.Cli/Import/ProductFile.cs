using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Commerce.Cli.Import;

/// <summary>A file of products, read line by line as often as it has to be sent.</summary>
internal sealed class ProductFile
{
    private readonly string path;
    private readonly bool isIcecat;

    private ProductFile(string path, bool isCsv, bool isIcecat)
    {
        this.path = path;
        IsCsv = isCsv;
        this.isIcecat = isIcecat;
    }

    public bool IsCsv { get; }

    public string MediaType => IsCsv ? "text/csv" : "application/x-ndjson";

    public static async Task<ProductFile> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        if (name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
        {
            return new ProductFile(path, isCsv: true, isIcecat: false);
        }

        using var reader = new StreamReader(Read(path), Encoding.UTF8);
        var first = await reader.ReadLineAsync(cancellationToken) ?? throw new ImportException($"{path} is empty.");
        return new ProductFile(path, isCsv: false, IcecatProduct.IsOne(JsonSerializer.Deserialize<JsonElement>(first)));
    }

    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(Read(path), Encoding.UTF8);
        var lines = IsCsv ? -1L : 0L;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            lines += string.IsNullOrWhiteSpace(line) ? 0 : 1;
        }

        return Math.Max(0, lines);
    }

    /// <summary>The file as the body of a request, translated on the way where it is in another shape.</summary>
    public HttpContent Content() => new Rows(this);

    private static Stream Read(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private byte[] Translate(string line)
    {
        if (isIcecat)
        {
            return IcecatProduct.Read(JsonSerializer.Deserialize<JsonElement>(line)).ToJson();
        }

        return Encoding.UTF8.GetBytes(line + "\n");
    }

    private sealed class Rows : HttpContent
    {
        private readonly ProductFile file;

        public Rows(ProductFile file)
        {
            this.file = file;
            Headers.TryAddWithoutValidation("Content-Type", file.MediaType);
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(
            Stream stream, System.Net.TransportContext? context, CancellationToken cancellationToken)
        {
            await using var source = Read(file.path);
            if (file.IsCsv)
            {
                await source.CopyToAsync(stream, cancellationToken);
                return;
            }

            using var reader = new StreamReader(source, Encoding.UTF8);
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                if (!string.IsNullOrWhiteSpace(line))
                {
                    await stream.WriteAsync(file.Translate(line), cancellationToken);
                }
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
