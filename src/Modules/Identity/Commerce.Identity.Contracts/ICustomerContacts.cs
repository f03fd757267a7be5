namespace Commerce.Identity.Contracts;

/// <summary>How to reach customers, for modules that have to write to them.</summary>
public interface ICustomerContacts
{
    /// <summary>The contacts of these customers; those who are unknown or were erased are absent.</summary>
    ValueTask<IReadOnlyDictionary<Guid, CustomerContact>> ContactsAsync(IReadOnlyCollection<Guid> customerIds, CancellationToken cancellationToken);
}

/// <summary>How to reach a customer.</summary>
/// <param name="CustomerId">The account.</param>
/// <param name="Email">The address.</param>
/// <param name="Name">The name the customer gave, or null.</param>
public sealed record CustomerContact(Guid CustomerId, string Email, string? Name);
