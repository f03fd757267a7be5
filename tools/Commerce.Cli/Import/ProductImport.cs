namespace Commerce.Cli.Import;

/// <summary>Loads a catalogue, its categories and its stock where files of them are given.</summary>
internal sealed class ProductImport(ShopConnection shop)
{
    public async Task<int> RunAsync(string path, string? categoriesPath, string? stockPath, CancellationToken cancellationToken)
    {
        var file = await ProductFile.OpenAsync(path, cancellationToken);
        var rows = await file.CountAsync(cancellationToken);
        if (categoriesPath is not null)
        {
            await CategoryTree.EnsureAsync(shop, categoriesPath, cancellationToken);
        }

        var summary = await new ImportJob(shop).RunAsync("products", rows, file.Content, cancellationToken);
        if (stockPath is not null)
        {
            var stock = await StockReceipt.ReadAsync(stockPath, cancellationToken);
            var (fresh, replayed) = await StockReceipt.ReceiveAsync(
                shop, Path.GetFileNameWithoutExtension(stockPath), stock, cancellationToken);
            Console.WriteLine($"stock: {stock.Count} SKUs in {fresh} new receipts, {replayed} received before");
        }

        summary.Print("products");
        return summary.Failed == 0 ? 0 : 1;
    }
}
