namespace Commerce.Inventory.Contracts;

/// <summary>The stock of a SKU changed. Only the levels after the last of several announcements are the current ones.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Available">Units that can be sold after the change; see <see cref="StockLevel.Available"/>.</param>
/// <param name="Availability">One of <see cref="Availabilities"/>.</param>
/// <param name="OrderId">The order that took units or gave them back, or null for any other cause.</param>
/// <param name="TakenByOrder">Units that the order took, back-order included; negative when it gave them back.</param>
/// <param name="SentForOrder">Units that left the building for the order; negative when they came back to be sold again.</param>
public sealed record StockChangedAnnouncement(string Sku, int Available, string Availability, Guid? OrderId = null, int TakenByOrder = 0, int SentForOrder = 0);
