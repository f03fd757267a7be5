namespace Commerce.Identity.Contracts;

/// <summary>Somebody opened a customer account. Who it is stays in the identity module; see <see cref="ICustomerContacts"/>.</summary>
/// <param name="CustomerId">The account.</param>
/// <param name="At">When.</param>
public sealed record CustomerRegisteredAnnouncement(Guid CustomerId, DateTimeOffset At);
