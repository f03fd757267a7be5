namespace Commerce.Orders;

/// <summary>Who asks for an order, reduced to what decides whether it exists for them.</summary>
/// <param name="CustomerId">The customer who is signed in, or null.</param>
/// <param name="IsStaff">Whether the caller holds the staff scope that the verb asks for.</param>
/// <param name="Secret">The guest's secret that came with the request, or null.</param>
internal readonly record struct OrderReader(Guid? CustomerId, bool IsStaff, string? Secret)
{
    /// <summary>The owner, staff, or the holder of the secret.</summary>
    public bool MayRead(Guid? ownerId, string? accessHash) =>
        IsStaff || (ownerId is not null && ownerId == CustomerId) || GuestSecret.Opens(Secret, accessHash);
}
