using System.Text.Json;
using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Pricing.Contracts;
using Commerce.Pricing.Rules;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Pricing.ReadModels;

/// <summary>All rules as they are written down, in one piece.</summary>
/// <param name="ShippingMethods">The ways of shipping that are offered.</param>
/// <param name="ReplacedMethods">Codes that were ever set or removed: the shop's own ways of these names are gone.</param>
/// <param name="TaxTables">The tables.</param>
/// <param name="TaxClasses">The classes.</param>
/// <param name="Discounts">The discounts, ended ones for a while too.</param>
/// <param name="Branches">The categories that rules name, each with all below it.</param>
/// <param name="HasGroups">Whether any customer is in a group.</param>
internal sealed record RulesDocument(
    IReadOnlyList<ShippingMethodSet> ShippingMethods,
    IReadOnlyList<string> ReplacedMethods,
    IReadOnlyList<TaxTableSet> TaxTables,
    IReadOnlyList<TaxClassSet> TaxClasses,
    IReadOnlyList<RuleDiscount> Discounts,
    IReadOnlyDictionary<Guid, IReadOnlyList<Guid>> Branches,
    bool HasGroups);

/// <summary>
/// The rules for the order path: one look into memory while nothing has changed. A change drops the entry before its caller is answered, and on every other
/// host as it follows the events. Where categories lie is read anew with each fill, so a category that moved counts within the entry's lifetime.
/// </summary>
internal sealed class RuleBook(
    ModuleDatabase<PricingDatabase> database, IReadModelCache cache, ICategoryBranches categories, IEventStore store, IRuleCompiler compiler, TimeProvider time) : IRuleBook
{
    internal const string SelectRules =
        """
        SELECT 'method' AS kind, code, document FROM pricing.shipping_methods
        UNION ALL SELECT 'table', code, document FROM pricing.tax_tables WHERE document IS NOT NULL
        UNION ALL SELECT 'class', code, document FROM pricing.tax_classes WHERE document IS NOT NULL
        UNION ALL SELECT 'groups', '', NULL WHERE EXISTS (SELECT 1 FROM pricing.customer_groups WHERE group_name IS NOT NULL)
        """;

    internal const string SelectDiscounts =
        "SELECT id, coupon, terms, is_counted, uses, ended_at FROM pricing.discounts WHERE ended_at IS NULL OR ended_at > @EndedAfter";

    internal const string SelectGroup = "SELECT group_name FROM pricing.customer_groups WHERE customer_id = @customerId";

    private static readonly CachePolicy RulesPolicy = new(TimeSpan.FromMinutes(1));
    private static readonly CachePolicy GroupPolicy = new(TimeSpan.FromMinutes(10));

    // An order is changed before it is shipped; what ended longer ago than this is forgotten by edits.
    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromDays(180);

    /// <inheritdoc />
    public async ValueTask<IPriceRules> CurrentAsync(CancellationToken cancellationToken) => (await CompiledAsync(cancellationToken)).Rules;

    /// <inheritdoc />
    public async ValueTask<string?> GroupOfAsync(Guid customerId, CancellationToken cancellationToken)
    {
        // A shop without groups asks nobody.
        if (!(await CompiledAsync(cancellationToken)).HasGroups)
        {
            return null;
        }

        var entry = await cache.GetOrFillAsync(
            PricingCache.Group(customerId), new CallContext(), async token => new CacheFill(JsonSerializer.SerializeToUtf8Bytes(await ReadGroupAsync(customerId, token) ?? "")),
            GroupPolicy, cancellationToken);
        return entry is not null && JsonSerializer.Deserialize<string>(entry.Body.Span) is { Length: > 0 } group ? group : null;
    }

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<Guid>> UsedUpAsync(IReadOnlyCollection<Guid> discountIds, Guid? buyer, CancellationToken cancellationToken)
    {
        var usedUp = new List<Guid>();
        foreach (var id in discountIds)
        {
            var (discount, _) = await store.LoadAsync<Discount>(id, null, null, cancellationToken);
            if (discount.IsUsedUpFor(buyer))
            {
                usedUp.Add(id);
            }
        }

        return usedUp;
    }

    private async ValueTask<Compiled> CompiledAsync(CancellationToken cancellationToken)
    {
        var entry = await cache.GetOrFillAsync(PricingCache.Rules, new CallContext(), FillAsync, RulesPolicy, cancellationToken);
        return entry!.Made(Compile);
    }

    private Compiled Compile(CacheEntry entry)
    {
        var rules = JsonSerializer.Deserialize(entry.Body.Span, PricingJson.Default.RulesDocument)!;
        return new Compiled(new PriceRules(compiler.Shipping(rules), compiler.Taxes(rules), compiler.Discounts(rules)), rules.HasGroups);
    }

    private async ValueTask<CacheFill?> FillAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = (await connection.QueryAsync<(string Kind, string Code, string? Document)>(new CommandDefinition(SelectRules, cancellationToken: cancellationToken)))
            .OrderBy(row => row.Code, StringComparer.Ordinal).ToLookup(row => row.Kind, StringComparer.Ordinal);
        var discounts = (await connection.QueryAsync<DiscountRow>(new CommandDefinition(
            SelectDiscounts, new { EndedAfter = (time.GetUtcNow() - KeptAfterEnd).UtcDateTime }, cancellationToken: cancellationToken))).Select(row => row.ToRule()).OrderBy(rule => rule.Id).ToList();
        var classes = rows["class"].Select(row => JsonSerializer.Deserialize(row.Document!, PricingJson.Default.TaxClassSet)!).ToList();
        var branches = new Dictionary<Guid, IReadOnlyList<Guid>>();
        foreach (var id in classes.SelectMany(one => one.CategoryIds).Concat(discounts.SelectMany(discount => discount.Terms.CategoryIds ?? [])).Distinct())
        {
            branches[id] = await categories.IdsAsync(id.ToString(), cancellationToken);
        }

        return new CacheFill(JsonSerializer.SerializeToUtf8Bytes(
            new RulesDocument(
                [.. rows["method"].Where(row => row.Document is not null).Select(row => JsonSerializer.Deserialize(row.Document!, PricingJson.Default.ShippingMethodSet)!)],
                [.. rows["method"].Select(row => row.Code)],
                [.. rows["table"].Select(row => JsonSerializer.Deserialize(row.Document!, PricingJson.Default.TaxTableSet)!)],
                classes, discounts, branches, rows["groups"].Any()),
            PricingJson.Default.RulesDocument));
    }

    private async Task<string?> ReadGroupAsync(Guid customerId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(SelectGroup, new { customerId }, cancellationToken: cancellationToken));
    }

    private sealed record Compiled(IPriceRules Rules, bool HasGroups);
}

/// <summary>A row of <c>pricing.discounts</c>.</summary>
internal sealed class DiscountRow
{
    public Guid Id { get; init; }

    public string? Coupon { get; init; }

    public string Terms { get; init; } = "";

    public bool IsCounted { get; init; }

    public int Uses { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public long Version { get; init; }

    /// <summary>The row's terms.</summary>
    public DiscountTerms ReadTerms() => JsonSerializer.Deserialize(Terms, PricingJson.Default.DiscountTerms)!;

    /// <summary>The discount as rules know it.</summary>
    public RuleDiscount ToRule() => RuleOf(ReadTerms());

    private RuleDiscount RuleOf(DiscountTerms terms) => new(Id, Coupon, terms, IsCounted, Uses >= terms.TotalLimit, EndedAt is not null);
}

/// <summary>Which cached entries an event drops.</summary>
internal sealed class PricingCache : ICacheInvalidation
{
    /// <summary>The key of all rules.</summary>
    public const string Rules = "pricing:rules";

    /// <summary>The key of a customer's group.</summary>
    public static string Group(Guid customerId) => $"pricing:group:{customerId:N}";

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Handles { get; } =
    [
        typeof(ShippingMethodSet), typeof(ShippingMethodRemoved), typeof(TaxTableSet), typeof(TaxTableRemoved), typeof(TaxClassSet), typeof(TaxClassRemoved),
        typeof(DiscountDefined), typeof(DiscountRevised), typeof(DiscountEnded), typeof(DiscountUsed), typeof(DiscountUseReturned),
        typeof(CustomerJoinedGroup), typeof(CustomerLeftGroup),
    ];

    /// <inheritdoc />
    public IEnumerable<string> KeysFor(RecordedEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return e.Data switch
        {
            // A use matters to the rules only where it is the last one.
            DiscountUsed { IsLast: false } or DiscountUseReturned { WasLast: false } => [],
            CustomerJoinedGroup joined => [Group(joined.CustomerId), Rules],
            CustomerLeftGroup left => [Group(left.CustomerId), Rules],
            _ => [Rules],
        };
    }
}
