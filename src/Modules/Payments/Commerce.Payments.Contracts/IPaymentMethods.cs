namespace Commerce.Payments.Contracts;

/// <summary>What Orders must know of payments before it decides.</summary>
public interface IPaymentMethods
{
    /// <summary>The provider behind a method of payment, or null when money of this method is recorded by hand.</summary>
    string? ProviderOf(string method);

    /// <summary>Why a provider would not know what to do with this token, or null. A card's number is no token.</summary>
    string? FaultOf(string provider, string token);

    /// <summary>Keeps what the browser got from the provider until the order is paid or given up. It never becomes part of the history.</summary>
    ValueTask KeepTokenAsync(Guid orderId, string provider, string token, CancellationToken cancellationToken);

    /// <summary>The ledger behind a gift card's code, whether there is one or not.</summary>
    Guid LedgerOfCode(string code);

    /// <summary>The ledger of a customer's store credit in a currency, whether there is one or not.</summary>
    Guid LedgerOfCustomer(Guid customerId, string currency);
}
