using System.Collections.Immutable;
using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Pricing;

/// <summary>
/// A discount and its uses. Its stream is in the decision of every order that uses it, so its limits hold whatever runs at once; what a host remembers of it is never asked for that.
/// </summary>
internal sealed record Discount : IAggregate<Discount>
{
    private static readonly Guid Space = new("5b0ad2e6-3f0c-4a53-9f0e-8e2f6d1c7a05");

    /// <inheritdoc />
    public static string StreamType => "discount";

    /// <inheritdoc />
    public static Discount Initial { get; } = new();

    /// <summary>The code that opens it, or null.</summary>
    public string? Coupon { get; private init; }

    /// <summary>What it gives; null when it was never defined.</summary>
    public DiscountTerms? Terms { get; private init; }

    /// <summary>Whether each use is counted.</summary>
    public bool IsCounted { get; private init; }

    /// <summary>Since when nobody gets it any more, or null.</summary>
    public DateTimeOffset? EndedAt { get; private init; }

    /// <summary>The orders that use it and their buyers.</summary>
    public ImmutableDictionary<Guid, Guid?> Uses { get; private init; } = ImmutableDictionary<Guid, Guid?>.Empty;

    private ImmutableDictionary<Guid, int> UsesByBuyer { get; init; } = ImmutableDictionary<Guid, int>.Empty;

    /// <summary>The stream of a coupon: its code can stand for one discount only.</summary>
    public static Guid IdOf(string coupon) => Identifiers.FromName(Space, coupon);

    /// <summary>A coupon as the shop writes it: case and outer blanks do not count.</summary>
    public static string CodeOf(string coupon) => coupon.Trim().ToUpperInvariant();

    /// <summary>Offers it.</summary>
    public Decision Define(Guid id, string? coupon, DiscountTerms terms, DateTimeOffset now) =>
        Terms is null ? Decision.Of(new DiscountDefined(id, coupon, terms, coupon is not null || terms.IsLimited(), now)) : new CouponTaken(coupon ?? "");

    /// <summary>Makes it another one; the same again changes nothing.</summary>
    public Decision Revise(DiscountTerms terms) =>
        Terms is null ? new RuleNotFound("")
        : EndedAt is not null ? new DiscountIsOver()
        : terms.IsLimited() && !IsCounted ? new DiscountNotCounted()
        : PricingJson.Same(Terms, terms, PricingJson.Default.DiscountTerms) ? Decision.Nothing
        : Decision.Of(new DiscountRevised(terms));

    /// <summary>Ends it; a second time changes nothing.</summary>
    public Decision End(DateTimeOffset now) =>
        Terms is null ? new RuleNotFound("") : EndedAt is not null ? Decision.Nothing : Decision.Of(new DiscountEnded(now));

    /// <summary>Whether this buyer can use it no more.</summary>
    public bool IsUsedUpFor(Guid? buyer) =>
        Terms is null || EndedAt is not null || Uses.Count >= Terms.TotalLimit
        || (Terms.MostPerBuyer() is { } most && (buyer is null || UsesOf(buyer) >= most));

    /// <summary>How many orders of a buyer use it; 0 for one that nobody can tell.</summary>
    public int UsesOf(Guid? buyer) => buyer is { } known ? UsesByBuyer.GetValueOrDefault(known) : 0;

    /// <summary>Counts an order's use, within the limits; null when there is none left. An order that uses it already does not count twice.</summary>
    public Decision? Use(Guid orderId, Guid? buyer, DateTimeOffset now) =>
        Uses.ContainsKey(orderId) ? Decision.Nothing
        : IsUsedUpFor(buyer) ? default(Decision?)
        : Decision.Of(new DiscountUsed(orderId, buyer, Uses.Count + 1, Uses.Count + 1 == Terms!.TotalLimit, now));

    /// <summary>Takes an order's use back, if it has one.</summary>
    public Decision Return(Guid orderId, DateTimeOffset now) =>
        Uses.ContainsKey(orderId) ? Decision.Of(new DiscountUseReturned(orderId, Uses.Count - 1, Uses.Count == Terms!.TotalLimit, now)) : Decision.Nothing;

    /// <inheritdoc />
    public Discount Evolve(object @event) => @event switch
    {
        DiscountDefined defined => new Discount { Coupon = defined.Coupon, Terms = defined.Terms, IsCounted = defined.IsCounted },
        DiscountRevised revised => this with { Terms = revised.Terms },
        DiscountEnded ended => this with { EndedAt = ended.EndedAt },
        DiscountUsed used => this with
        {
            Uses = Uses.SetItem(used.OrderId, used.Buyer),
            UsesByBuyer = used.Buyer is { } buyer ? UsesByBuyer.SetItem(buyer, UsesByBuyer.GetValueOrDefault(buyer) + 1) : UsesByBuyer,
        },
        DiscountUseReturned returned => this with
        {
            Uses = Uses.Remove(returned.OrderId),
            UsesByBuyer = Uses.GetValueOrDefault(returned.OrderId) is { } buyer ? UsesByBuyer.SetItem(buyer, UsesByBuyer.GetValueOrDefault(buyer) - 1) : UsesByBuyer,
        },
        _ => this,
    };
}

/// <summary>The code stands for a discount already, perhaps one that has ended.</summary>
[Problem(409, "coupon-taken", "The coupon exists")]
internal sealed record CouponTaken(string Coupon) : Refusal("This code stands for another discount, or did once; choose another code.");

/// <summary>What has ended stays as it was.</summary>
[Problem(409, "discount-ended", "The discount has ended")]
internal sealed record DiscountIsOver() : Refusal("The discount has ended; define a new one.");

/// <summary>Uses that nobody counted cannot be limited.</summary>
[Problem(409, "discount-not-counted", "The uses were not counted")]
internal sealed record DiscountNotCounted() : Refusal("The uses of an automatic discount without a limit are not counted, so it cannot get one; end it and define a new one.");
