using Commerce.Outcomes;
using Commerce.Web;

namespace Commerce.Orders;

/// <summary>Whose things a caller may touch, in one place.</summary>
internal static class Ownership
{
    /// <summary>Reading every order.</summary>
    public const string ReadScope = "orders:read";

    /// <summary>Working on every order.</summary>
    public const string WriteScope = "orders:write";

    /// <summary>Whose order or cart this caller makes: customers make their own, staff makes anybody's, a guest's belongs to nobody.</summary>
    public static Outcome<Guid?> OwnerOf(Caller caller, Guid? asked) => caller switch
    {
        { Kind: CallerKind.Customer } when asked is null || asked == caller.Id => caller.Id,
        _ when asked is null || caller.Has(WriteScope) => asked,
        _ => new Forbidden(),
    };

    /// <summary>The customer's id, or null for everybody else.</summary>
    public static Guid? CustomerOf(Caller caller) => caller.Kind == CallerKind.Customer ? caller.Id : null;

    /// <summary>The caller as a reader of orders.</summary>
    public static OrderReader Reader(this Dispatcher dispatcher, string staffScope) =>
        new(CustomerOf(dispatcher.Caller), dispatcher.Caller.Has(staffScope), dispatcher.GuestSecret);
}
