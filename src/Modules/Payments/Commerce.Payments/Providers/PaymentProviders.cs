using Commerce.Payments.Contracts;
using Commerce.Payments.Webhooks;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Payments.Providers;

/// <summary>The providers of this shop, by name, and which of them takes which method.</summary>
internal sealed class PaymentProviders(
    IEnumerable<IPaymentProvider> providers, PaymentsOptions options, ModuleDatabase<PaymentsDatabase> database, TimeProvider clock) : IPaymentMethods
{
    internal const string InsertToken =
        "INSERT INTO payments.tokens (order_id, kept_at, provider, token) VALUES (@orderId, @now, @provider, @token) ON CONFLICT (order_id, kept_at) DO NOTHING";

    internal const string SelectToken =
        """
        SELECT token FROM payments.tokens
        WHERE order_id = @orderId AND provider = @provider AND kept_at <= @requestedAt ORDER BY kept_at DESC LIMIT 1
        """;

    internal const string DeleteTokens = "DELETE FROM payments.tokens WHERE kept_at < @before";

    private readonly Dictionary<string, IPaymentProvider> _byName = providers.ToDictionary(provider => provider.Name, StringComparer.Ordinal);

    /// <summary>The provider of this name, or null.</summary>
    public IPaymentProvider? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>How this provider's webhooks are read, or null.</summary>
    public IWebhookReader? ReaderOf(string name) => Find(name) as IWebhookReader;

    /// <inheritdoc />
    public string? ProviderOf(string method) =>
        options.Methods.TryGetValue(method, out var named) ? (_byName.ContainsKey(named) ? named : null)
        : _byName.ContainsKey(method) ? method
        : method == "card" && _byName.Count > 0 ? (_byName.ContainsKey("stripe") ? "stripe" : _byName.Keys.Order(StringComparer.Ordinal).First())
        : null;

    /// <inheritdoc />
    public string? FaultOf(string provider, string token) => Find(provider)?.FaultOf(token);

    /// <inheritdoc />
    public async ValueTask KeepTokenAsync(Guid orderId, string provider, string token, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            InsertToken, new { orderId, now = clock.GetUtcNow(), provider, token = _byName[provider].Kept(token) }, cancellationToken: cancellationToken));
    }

    /// <summary>The token that was kept last before an order asked for a payment, or null when it is gone.</summary>
    public async Task<string?> TokenOfAsync(Payment payment, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            SelectToken, new { orderId = payment.OrderId, provider = payment.Provider, requestedAt = payment.RequestedAt }, cancellationToken: cancellationToken));
    }

    /// <summary>Forgets tokens that nobody can need any more.</summary>
    public async Task ForgetTokensAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(DeleteTokens, new { before = clock.GetUtcNow() - options.KeepTokens }, cancellationToken: cancellationToken));
    }

    /// <inheritdoc />
    public Guid LedgerOfCode(string code) => StoredValueCodes.LedgerOf(code);

    /// <inheritdoc />
    public Guid LedgerOfCustomer(Guid customerId, string currency) => StoredValueCodes.LedgerOf(customerId, currency);
}
