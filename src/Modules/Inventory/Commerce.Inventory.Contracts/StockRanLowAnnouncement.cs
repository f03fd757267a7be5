namespace Commerce.Inventory.Contracts;

/// <summary>The available units of a SKU fell to its threshold: time to buy more. Said once, and again only after there were more in between.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Available">Units that can be sold.</param>
/// <param name="Threshold">The SKU's threshold.</param>
public sealed record StockRanLowAnnouncement(string Sku, int Available, int Threshold);
