using Commerce.EventStore;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Commerce.Orders.Tests.Scenarios;

namespace Commerce.Orders.Tests;

/// <summary>Random histories of two carts and the orders made from them, beside a model of plain dictionaries: equal after each step.</summary>
public sealed class CartModelTests
{
    private static readonly Guid[] Ids = [OrderId, ProductId];

    [Property(MaxTest = 500)]
    public Property Carts_do_what_plain_dictionaries_do() => Prop.ForAll(Steps().ArrayOf().ToArbitrary(), Follows);

    private static Gen<Step> Steps()
    {
        var cart = Gen.Choose(0, 1);
        var sku = Gen.Choose(0, 4).Select(i => $"S{i}");
        return Gen.Frequency(
            (10, from c in cart from s in sku from q in Gen.Choose(1, 10_000) select new Step(Verb.Set, c, s, q)),
            (5, from c in cart from s in sku select new Step(Verb.Remove, c, s, 0)),
            (1, from c in cart select new Step(Verb.Merge, c, "", 0)),
            (1, from c in cart select new Step(Verb.CheckOut, c, "", 0)));
    }

    private static bool Follows(Step[] steps)
    {
        Cart[] carts = [.. Ids.Select(_ => Given<Cart>(new CartOpened(null, "USD", Now)))];
        Model[] models = [new(), new()];
        foreach (var step in steps)
        {
            var (mine, other) = (step.Cart, 1 - step.Cart);
            var taken = step.Verb switch
            {
                Verb.Set => Apply(carts, mine, cart => cart.SetItem(new CartItemSet(step.Sku, step.Quantity, ProductId, "Name", 1m))),
                Verb.Remove => Apply(carts, mine, cart => cart.RemoveItem(step.Sku)),
                Verb.CheckOut => Apply(carts, mine, cart => cart.CheckOut(OrderId, Now)),
                _ => Merge(carts, mine, other),
            };
            if (taken != models[mine].Do(step, models[other]) || !carts.Zip(models).All(pair => pair.Second.Equals(pair.First)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Merge(Cart[] carts, int from, int into)
    {
        // As the slice does it: give, then take; both or neither.
        var (source, target) = (carts[from], carts[into]);
        var gave = Apply(carts, from, cart => cart.MergeInto(Ids[into], Now));
        if (gave && carts[from] != source && !Apply(carts, into, cart => cart.TakeIn(source)))
        {
            (carts[from], carts[into]) = (source, target);
            return false;
        }

        return gave;
    }

    private static bool Apply(Cart[] carts, int index, Func<Cart, Decision> decide)
    {
        var decision = decide(carts[index]);
        carts[index] = decision.Events.Aggregate(carts[index], (cart, @event) => cart.Evolve(@event));
        return decision.Refusal is null;
    }

    private enum Verb
    {
        Set,
        Remove,
        Merge,
        CheckOut,
    }

    private sealed record Step(Verb Verb, int Cart, string Sku, int Quantity);

    private sealed class Model
    {
        private readonly Dictionary<string, int> _items = [];
        private CartStatus _status = CartStatus.Open;

        public bool Do(Step step, Model other)
        {
            switch (step.Verb)
            {
                case Verb.Merge when _status == CartStatus.Merged:
                    return true;
                case Verb.Merge when _status == CartStatus.Open && other._status == CartStatus.Open:
                    foreach (var (sku, quantity) in _items)
                    {
                        other._items[sku] = Math.Min(10_000, other._items.GetValueOrDefault(sku) + quantity);
                    }

                    _status = CartStatus.Merged;
                    return true;
                case Verb.Set when _status == CartStatus.Open:
                    _items[step.Sku] = step.Quantity;
                    return true;
                case Verb.Remove when _status == CartStatus.Open:
                    _items.Remove(step.Sku);
                    return true;
                case Verb.CheckOut when _status == CartStatus.Open && _items.Count > 0:
                    _status = CartStatus.CheckedOut;
                    return true;
                default:
                    return false;
            }
        }

        public bool Equals(Cart cart) =>
            cart.Status == _status && cart.Items.Count == _items.Count && cart.Items.TrueForAll(item => _items.GetValueOrDefault(item.Sku) == item.Quantity);
    }
}
