using Commerce.Outcomes;
using Commerce.Pricing.Contracts;

namespace Commerce.Orders.Pricing;

/// <summary>A coupon that does not count is never silently ignored, because the shopper would pay more than they think.</summary>
internal static class CouponRefusals
{
    /// <summary>The refusal for a coupon that gives nothing.</summary>
    public static Refusal Of(QuotedCoupon coupon) => coupon.Fault switch
    {
        CouponFault.Unknown => new CouponUnknown(coupon.Code),
        CouponFault.NotStarted => new CouponNotStarted(coupon.Code),
        CouponFault.Expired => new CouponExpired(coupon.Code),
        CouponFault.UsedUp => new CouponUsedUp(coupon.Code),
        CouponFault.NotApplicable => new CouponNotApplicable(coupon.Code, coupon.Detail ?? "Its conditions are not met."),
        _ => throw new InvalidOperationException($"Nothing is wrong with coupon {coupon.Code}."),
    };

    /// <summary>The last segment of the problem's type, for a cart that shows it instead of refusing.</summary>
    public static string? Slug(CouponFault fault) => fault switch
    {
        CouponFault.None => null,
        CouponFault.Unknown => "coupon-unknown",
        CouponFault.NotStarted => "coupon-not-started",
        CouponFault.Expired => "coupon-expired",
        CouponFault.UsedUp => "coupon-used-up",
        CouponFault.NotApplicable => "coupon-not-applicable",
        _ => throw new InvalidOperationException($"A coupon has no fault {fault}."),
    };
}

/// <summary>Nobody issued it, or it was taken back.</summary>
[Problem(409, "coupon-unknown", "The coupon is not known")]
internal sealed record CouponUnknown(string Coupon) : Refusal("The shop does not know this coupon.");

/// <summary>The coupon in the address is none of the shop's.</summary>
[Problem(404, "coupon-not-found", "There is no such coupon")]
internal sealed record CouponNotFound(string Coupon) : Refusal("The shop does not know this coupon.");

/// <summary>Its time has not come.</summary>
[Problem(409, "coupon-not-started", "The coupon is not valid yet")]
internal sealed record CouponNotStarted(string Coupon) : Refusal("The coupon is not valid yet.");

/// <summary>Its time is over.</summary>
[Problem(409, "coupon-expired", "The coupon has expired")]
internal sealed record CouponExpired(string Coupon) : Refusal("The coupon is no longer valid.");

/// <summary>Nobody, or not this buyer, can use it once more.</summary>
[Problem(409, "coupon-used-up", "The coupon is used up")]
internal sealed record CouponUsedUp(string Coupon) : Refusal("The coupon has been used as often as it can be.");

/// <summary>Its conditions are not met by this order.</summary>
[Problem(409, "coupon-not-applicable", "The coupon does not apply")]
internal sealed record CouponNotApplicable(string Coupon, string Reason) : Refusal($"The coupon does not apply to this order. {Reason}");
