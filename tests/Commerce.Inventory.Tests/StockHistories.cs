using System.Text.Json;
using Commerce.EventStore;
using Commerce.Inventory.ReadModels;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Commerce.Inventory.Tests.Scenarios;

namespace Commerce.Inventory.Tests;

/// <summary>Random histories of commands over one SKU, against a model of plain numbers.</summary>
public sealed class StockHistories
{
    private static readonly string[] Places = ["main", "annex", "outlet"];

    public abstract record Step;

    public sealed record Receive(int Place, int Units) : Step;

    public sealed record Adjust(int Place, int Delta) : Step;

    public sealed record Move(int From, int To, int Units) : Step;

    public sealed record Hold(int Cart, int Units, int Seconds) : Step;

    public sealed record Extend(int Cart, int Seconds) : Step;

    public sealed record LetGo(int Cart) : Step;

    public sealed record Take(int Order, int Units) : Step;

    public sealed record GiveBack(int Order, int Units) : Step;

    public sealed record Send(int Order, int Units) : Step;

    public sealed record TakeBack(int Order, int Units) : Step;

    public sealed record Become(int Cart, int Order, int Units) : Step;

    public sealed record Leave(int Place, int Units) : Step;

    public sealed record Arrive(int Place, int Units) : Step;

    public sealed record Sink(int Units) : Step;

    public sealed record Limit(int Units) : Step;

    public sealed record Sweep : Step;

    public sealed record Pass(int Seconds) : Step;

    public static class Histories
    {
        public static Arbitrary<Step[]> Steps()
        {
            var place = Gen.Choose(0, 2);
            var small = Gen.Choose(1, 12);
            var step = Gen.Frequency<Step>(
                (4, place.SelectMany(p => small.Select(u => (Step)new Receive(p, u)))),
                (2, place.SelectMany(p => Gen.Choose(-8, 8).Select(d => (Step)new Adjust(p, d == 0 ? 1 : d)))),
                (2, place.SelectMany(a => place.SelectMany(b => small.Select(u => (Step)new Move(a, b, u))))),
                (4, Gen.Choose(0, 4).SelectMany(c => Gen.Choose(1, 6).SelectMany(u => Gen.Choose(1, 60).Select(s => (Step)new Hold(c, u, s))))),
                (2, Gen.Choose(0, 4).SelectMany(c => Gen.Choose(1, 60).Select(s => (Step)new Extend(c, s)))),
                (2, Gen.Choose(0, 4).Select(c => (Step)new LetGo(c))),
                (6, Gen.Choose(0, 4).SelectMany(o => Gen.Choose(1, 8).Select(u => (Step)new Take(o, u)))),
                (3, Gen.Choose(0, 4).SelectMany(o => Gen.Choose(1, 8).Select(u => (Step)new GiveBack(o, u)))),
                (3, Gen.Choose(0, 4).SelectMany(o => Gen.Choose(1, 8).Select(u => (Step)new Send(o, u)))),
                (1, Gen.Choose(0, 4).SelectMany(o => Gen.Choose(1, 4).Select(u => (Step)new TakeBack(o, u)))),
                (3, Gen.Choose(0, 4).SelectMany(c => Gen.Choose(0, 4).SelectMany(o => Gen.Choose(1, 8).Select(u => (Step)new Become(c, o, u))))),
                (2, place.SelectMany(p => small.Select(u => (Step)new Leave(p, u)))),
                (2, place.SelectMany(p => small.Select(u => (Step)new Arrive(p, u)))),
                (1, small.Select(u => (Step)new Sink(u))),
                (1, Gen.Choose(0, 10).Select(u => (Step)new Limit(u))),
                (1, Gen.Constant((Step)new Sweep())),
                (4, Gen.Choose(1, 40).Select(s => (Step)new Pass(s))));
            return step.ArrayOf().ToArbitrary();
        }
    }

    [Property(MaxTest = 400, EndSize = 120, Arbitrary = [typeof(Histories)])]
    public void Any_history_leaves_what_the_plain_model_has(Step[] history)
    {
        var run = new Run();
        foreach (var step in history)
        {
            run.Do(step);
            run.ShouldHold();
        }
    }

    /// <summary>The plain model: who has how many, and until when.</summary>
    private sealed class Run
    {
        private readonly Dictionary<int, (int Units, DateTimeOffset Until)> _holds = [];
        private readonly Dictionary<int, int> _orders = [];
        private readonly Dictionary<int, int> _sent = [];
        private int _onHand;
        private int _away;
        private int _limit;
        private Stock _stock = NoStock;
        private DateTimeOffset _now = Noon;
        private long _version;
        private (int Available, int OnHand, int Reserved) _ledger;

        private int Held => _holds.Values.Where(hold => hold.Until > _now).Sum(hold => hold.Units);

        private int Taken => _orders.Values.Sum();

        private int Available => _onHand - Taken - Held;

        public void Do(Step step)
        {
            switch (step)
            {
                case Receive s:
                    Accepted(_stock.Receive(Sku, Places[s.Place], s.Units, null, Rule, _now));
                    _onHand += s.Units;
                    break;
                case Adjust s:
                    if (Apply(_stock.Adjust(Sku, Places[s.Place], s.Delta, "count", Rule, _now)))
                    {
                        _onHand += s.Delta;
                    }

                    break;
                case Move s when s.From != s.To:
                    Apply(_stock.Transfer(Sku, Places[s.From], Places[s.To], s.Units, null, Rule, _now));
                    break;
                case Hold s when !_holds.ContainsKey(s.Cart):
                    var wanted = s.Units <= Available;
                    Apply(_stock.Reserve(Sku, CartId(s.Cart), s.Units, _now.AddSeconds(s.Seconds), Rule, _now)).ShouldBe(wanted);
                    if (wanted)
                    {
                        _holds[s.Cart] = (s.Units, _now.AddSeconds(s.Seconds));
                    }

                    break;
                case Extend s when _holds.TryGetValue(s.Cart, out var hold):
                    Accepted(_stock.ExtendHold(CartId(s.Cart), _now.AddSeconds(s.Seconds), Rule, _now));
                    if (hold.Until > _now)
                    {
                        _holds[s.Cart] = (hold.Units, _now.AddSeconds(s.Seconds));
                    }

                    break;
                case LetGo s:
                    Accepted(_stock.ReleaseHold(CartId(s.Cart), Rule, _now));
                    _holds.Remove(s.Cart);
                    break;
                case Take s:
                    var orderable = s.Units <= Available + _limit;
                    _stock.OrderableAt(_now).ShouldBe(Math.Max(0, Available + _limit));
                    Apply(_stock.Allocate(Sku, OrderId(s.Order), s.Units, Rule, _now)).ShouldBe(orderable);
                    if (orderable)
                    {
                        _orders[s.Order] = _orders.GetValueOrDefault(s.Order) + s.Units;
                    }

                    break;
                case GiveBack s:
                    var back = Math.Min(s.Units, _orders.GetValueOrDefault(s.Order));
                    if (back > 0)
                    {
                        Accepted(_stock.Release(OrderId(s.Order), back, null, Rule, _now));
                        _orders[s.Order] -= back;
                    }

                    break;
                case Send s when s.Units <= _orders.GetValueOrDefault(s.Order):
                    // Waiting orders were filled with all that is there, so only what is beyond it cannot be sent.
                    var there = s.Units <= _stock.DispatchableOf(OrderId(s.Order), _orders[s.Order]);
                    if (!there)
                    {
                        // As the desk does it: asked before, so nothing is tried.
                        break;
                    }

                    Apply(_stock.Dispatch(OrderId(s.Order), s.Units, Rule, _now)).ShouldBe(there);
                    if (there)
                    {
                        _orders[s.Order] -= s.Units;
                        _sent[s.Order] = _sent.GetValueOrDefault(s.Order) + s.Units;
                        _onHand -= s.Units;
                    }

                    break;
                case TakeBack s when s.Units <= _sent.GetValueOrDefault(s.Order):
                    Accepted(_stock.Restock(Sku, OrderId(s.Order), CartId(s.Order), s.Units, Rule, _now));
                    _sent[s.Order] -= s.Units;
                    _onHand += s.Units;
                    break;
                case Become s when _holds.TryGetValue(s.Cart, out var hold) && hold.Until > _now:
                    var more = Math.Max(0, s.Units - hold.Units);
                    var takable = more == 0 || more <= Available + _limit;
                    Apply(_stock.Convert(Sku, CartId(s.Cart), OrderId(s.Order), s.Units, Rule, _now)).ShouldBe(takable);
                    if (takable)
                    {
                        _holds.Remove(s.Cart);
                        _orders[s.Order] = _orders.GetValueOrDefault(s.Order) + s.Units;
                    }

                    break;
                case Leave s:
                    if (Apply(_stock.SendAway(Sku, CartId(0), Places[s.Place], "elsewhere", s.Units, null, Rule, _now)))
                    {
                        _onHand -= s.Units;
                        _away += s.Units;
                    }

                    break;
                case Arrive s when s.Units <= _away:
                    Accepted(_stock.Arrive(Sku, CartId(0), Places[s.Place], s.Units, Rule, _now));
                    _onHand += s.Units;
                    _away -= s.Units;
                    break;
                case Sink s when s.Units <= _away:
                    Accepted(_stock.Lose(Sku, CartId(0), s.Units, "sunk", Rule, _now));
                    _away -= s.Units;
                    break;
                case Limit s:
                    Accepted(_stock.ChangeSettings(Sku, s.Units, 0, Rule, _now));
                    _limit = s.Units;
                    break;
                case Sweep:
                    Accepted(_stock.Expire(Rule, _now));
                    break;
                case Pass s:
                    _now = _now.AddSeconds(s.Seconds);
                    break;
                default:
                    break;
            }

            // A hold that has expired may be taken under the same cart again.
            foreach (var cart in _holds.Where(hold => hold.Value.Until <= _now).Select(hold => hold.Key).ToList())
            {
                _holds.Remove(cart);
            }
        }

        public void ShouldHold()
        {
            _stock.OnHand.ShouldBe(_onHand);
            _stock.ReservedAt(_now).ShouldBe(Taken + Held);
            _stock.AvailableAt(_now).ShouldBe(Available);
            _stock.OnHand.ShouldBeGreaterThanOrEqualTo(0);
            _stock.Available.ShouldBe(_stock.OnHand - _stock.Reserved);
            _stock.Shelves.Sum(shelf => shelf.OnHand).ShouldBe(_stock.OnHand);
            _stock.Shelves.Sum(shelf => shelf.Allocated).ShouldBe(_stock.Allocated);
            _stock.Shelves.Sum(shelf => shelf.Held).ShouldBe(_stock.Held);
            _stock.Shelves.ShouldAllBe(shelf => shelf.OnHand >= 0 && shelf.Allocated >= 0 && shelf.Held >= 0 && shelf.Free >= 0);
            _stock.InTransit.ShouldBe(_away);
            _stock.Backordered.ShouldBeGreaterThanOrEqualTo(0);
            _stock.Waiting.Sum(one => one.Quantity).ShouldBe(_stock.Backordered);
            _orders.ShouldAllBe(order => _stock.Waiting.Of(OrderId(order.Key)) <= order.Value);
            if (_stock.Backordered > 0)
            {
                _stock.Shelves.ShouldAllBe(shelf => shelf.Free == 0);
            }

            _ledger.ShouldBe((_stock.Available, _stock.OnHand, _stock.Reserved));
        }

        private static Guid CartId(int cart) => new(cart + 1, 0, 0, new byte[8]);

        private static Guid OrderId(int order) => new(order + 100, 0, 0, new byte[8]);

        private void Accepted(Decision decision) => Apply(decision).ShouldBeTrue();

        private bool Apply(Decision decision)
        {
            if (decision.Refusal is not null)
            {
                decision.Events.ShouldBeEmpty();
                return false;
            }

            foreach (var e in decision.Events)
            {
                _stock = _stock.Evolve(e);
                var after = ((IStockEvent)e).After;
                (after.OnHand, after.Reserved, after.Available).ShouldBe((_stock.OnHand, _stock.Reserved, _stock.Available));
                after.Availability.ShouldBe(Stock.Availability(_stock.Available, _stock.BackorderLimit, _stock.LowStockThreshold));
                Book(e);
            }

            // What a snapshot keeps has to be all that later decisions are made on.
            _stock = Stock.Restore(JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(_stock.Save(), InventoryJson.Default.StockMemento), InventoryJson.Default.StockMemento)!);
            return true;
        }

        private void Book(object e)
        {
            var recorded = new RecordedEvent { Id = Guid.Empty, StreamId = Guid.Empty, Version = ++_version, Name = e.GetType().Name, Data = e, Timestamp = _now };
            // The ledger asks the store for these kinds alone.
            Movement.Of(recorded).Any().ShouldBe(Movement.Kinds.Contains(e.GetType()), e.GetType().Name);
            foreach (var line in Movement.Of(recorded))
            {
                _ledger = (_ledger.Available + line.OnHandChange - line.ReservedChange, _ledger.OnHand + line.OnHandChange, _ledger.Reserved + line.ReservedChange);
                _ledger.ShouldBe((line.OnHand - line.Reserved, line.OnHand, line.Reserved));
            }
        }
    }
}
