using Commerce.Orders.Editing;
using Commerce.Orders.Paying;
using Commerce.Orders.Placing;
using Commerce.Orders.ReadModels;
using Commerce.Orders.Slices;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Orders.Tests.Histories;

/// <summary>
/// One random history: a cart that may become an order, and what is done to that order, each command sent to the real application and told to the model. Often
/// two commands go off at once; then the answers must be those of one of the two orders in which they can have happened.
/// </summary>
internal sealed class History(IServiceProvider services, HttpClient staff, SharedShelf shelf, int seed)
{
    private static readonly Caller Staff = new(CallerKind.ApiKey, null, ["orders:read", "orders:write"], "key:histories");
    private static readonly OrderReader Reader = new(null, true, null);
    private static readonly PostalAddress Address = new("Kim Minji", "Sejong-daero 110", "Seoul", "04524", "KR");

    private readonly Random _chance = new(seed);
    private readonly List<string> _trace = [];
    private ModelOrder? _model;
    private Guid _id;

    /// <summary>The order and its model, or null when none came about.</summary>
    public (Guid Id, ModelOrder Model)? Order => _model is null ? null : (_id, _model);

    /// <summary>How many commands were sent.</summary>
    public int Commands { get; private set; }

    /// <summary>What was done, and how it was answered.</summary>
    public Dictionary<string, int> Answers { get; } = new(StringComparer.Ordinal);

    public async Task RunAsync()
    {
        try
        {
            await BeginAsync();
            // Most are short, so that there are many; some go on for long enough to come to exchanges and what is done after them.
            for (var left = _chance.Next(10) == 0 ? _chance.Next(10, 16) : _chance.Next(2, 5); left > 0 && _model is not null; left--)
            {
                await (_chance.Next(14) == 0 ? shelf.MoveAsync(staff, _chance) : _chance.Next(6) == 0 ? TwoAtOnceAsync() : OneAsync());
            }

            if (_model is not null)
            {
                Compare(OrderDocuments.Read((await SendAsync(new GetOrder(_id, null, null, Reader))).Value.Body.ToArray()));
            }
        }
        catch (Exception exception) when (exception is not HistoryBroken)
        {
            throw new HistoryBroken($"History {seed}: {string.Join("; ", _trace)}: {exception.Message}", exception);
        }
    }

    private async Task BeginAsync()
    {
        var lines = Lines(_chance.Next(1, 4), 3);
        var payment = new PaymentRequest("manual");
        Outcome<OrderResponse> outcome;
        if (_chance.Next(3) > 0)
        {
            Say($"place {Text(lines)}");
            outcome = await SendAsync(new PlaceOrder(new PlaceOrderRequest(Asked(lines), "USD", Address, payment), Staff));
        }
        else
        {
            var cart = await CartAsync(lines);
            if (_chance.Next(10) == 0)
            {
                Say("abandon");
                return;
            }

            Say("check out");
            outcome = await SendAsync(new CheckOutCart(cart, new CheckOutCartRequest(payment, Address), null, Staff));
        }

        if (!outcome.IsSuccess)
        {
            ThenShort(outcome.Refusal);
            return;
        }

        (_id, _model) = (outcome.Value.Id, ModelOrder.Of(shelf.Prices, lines));
        Compare(outcome.Value);
    }

    // A cart whose tabs are at work: every edit wins, the last quantity of a SKU stands, and a merged cart adds up.
    private async Task<Guid> CartAsync(SortedDictionary<string, int> lines)
    {
        Say($"cart {Text(lines)}");
        var cart = (await SendAsync(new OpenCart(new OpenCartRequest("USD", Asked(lines)), Staff))).Value.Id;
        if (_chance.Next(2) == 0)
        {
            var (one, other) = (Lines(1, 3).Single(), Lines(1, 3).Single());
            Say($"set {one} and {other}");
            var both = new[] { one, other }.DistinctBy(line => line.Key).ToArray();
            await Task.WhenAll(both.Select(line => SendAsync(new SetCartItem(cart, line.Key, line.Value, null, Staff))));
            Array.ForEach(both, line => lines[line.Key] = line.Value);
        }

        if (_chance.Next(3) == 0)
        {
            var others = Lines(2, 2);
            Say($"merge {Text(others)}");
            var source = (await SendAsync(new OpenCart(new OpenCartRequest("USD", Asked(others)), Staff))).Value.Id;
            await SendAsync(new MergeCarts(cart, source, null, Staff));
            foreach (var (sku, quantity) in others)
            {
                lines[sku] = lines.GetValueOrDefault(sku) + quantity;
            }
        }

        if (lines.Count > 1 && _chance.Next(4) == 0)
        {
            var gone = lines.Keys.First();
            Say($"remove {gone}");
            await SendAsync(new RemoveCartItem(cart, gone, null, Staff));
            lines.Remove(gone);
        }

        var shown = await SendAsync(new GetCart(cart, null, null, Staff));
        shown.Value.Items.Select(item => (item.Sku, item.Quantity)).Order().ShouldBe(lines.Select(line => (line.Key, line.Value)).Order());
        return cart;
    }

    private async Task<Answer> SendAsync(Step step)
    {
        var answer = await step.SendAsync();
        var known = $"{step.Name.Split(' ')[0]}: {Say(answer)}";
        lock (Answers)
        {
            Answers[known] = Answers.GetValueOrDefault(known) + 1;
        }

        return answer;
    }

    private async Task OneAsync()
    {
        var step = Next();
        Say(step.Name);
        var answer = await SendAsync(step);
        Fits(answer, step, _model!).ShouldBe(true, $"{step.Name} was answered {answer.Refusal?.GetType().Name ?? "done"}");
        if (answer.Shown is { } shown && answer.Refusal is null)
        {
            Compare(shown);
        }
    }

    private async Task TwoAtOnceAsync()
    {
        var (first, second) = (Next(), Next());
        Say($"[{first.Name} | {second.Name}]");
        var answers = await Task.WhenAll(SendAsync(first), SendAsync(second));
        var (forwards, backwards) = (_model!.Clone(), _model.Clone());
        _model = Fits(answers[0], first, forwards) && Fits(answers[1], second, forwards) && Matches(forwards, await ShownAsync()) ? forwards
            : Fits(answers[1], second, backwards) && Fits(answers[0], first, backwards) && Matches(backwards, await ShownAsync()) ? backwards
            : throw new HistoryBroken($"History {seed}: {string.Join("; ", _trace)}: answered {Say(answers[0])} and {Say(answers[1])}, which no order of the two explains", null);
    }

    // The model takes the step when the answer is the one that it expects; stock that is short leaves everything as it was.
    private static bool Fits(Answer answer, Step step, ModelOrder model)
    {
        if (answer.Refusal is InsufficientStock)
        {
            ThenShort(answer.Refusal);
            return step.TakesStock && step.Expect(model.Clone()) is null;
        }

        var expected = step.Expect(model);
        return expected == answer.Refusal?.GetType().Name;
    }

    private Step Next()
    {
        var model = _model!;
        var open = Math.Max(1m, Math.Max(model.Open, model.Authorized));
        decimal? amount = _chance.Next(4) == 0 ? Math.Ceiling(open * _chance.Next(1, 5) / 3m) : null;
        var body = new PaymentAmountRequest(amount is { } asked ? Monetary.Money.Of(asked, "USD") : null, "histories");
        // What usually comes next comes most often, so that histories get far; everything else may come at any time.
        var usual = model switch
        {
            { Exchanged: > 0 } => 8 + (_chance.Next(2) * 4),
            { Status: "Placed" } => 2,
            { Status: "Confirmed" or "PartiallyShipped" } => 12,
            { Parcels.Count: > 0 } => 17,
            _ => 6,
        };
        var choice = _chance.Next(2) == 0 ? usual : _chance.Next(20);
        switch (choice is > 14 and < 19 && model.Parcels.Count == 0 ? usual : choice)
        {
            case 0:
                return Order_("authorize", model => model.Authorize(amount), () => SendAsync(new AuthorizePayment(_id, body, null)));
            case 1 or 2 or 3 or 4:
                return Order_("capture", model => model.Capture(amount), () => SendAsync(new CapturePayment(_id, body, null)));
            case 5:
                return Order_("refund", model => model.Refund(amount), () => SendAsync(new RefundPayment(_id, body, null)));
            case 6:
                return Order_("void", model => model.Void(), () => SendAsync(new VoidPayment(_id, null)));
            case 7:
                return Order_("cancel", model => model.Cancel(), () => SendAsync(new CancelOrder(_id, null, null, Reader)));
            case 8 or 9 or 10:
                var wanted = Lines(_chance.Next(1, 3), 4);
                foreach (var sku in model.Held.Keys.Where(_ => _chance.Next(3) == 0))
                {
                    wanted[sku] = _chance.Next(0, 4);
                }

                var edit = new EditOrderRequest([.. wanted.Select(line => new EditOrderLineRequest(line.Key, line.Value))]);
                return Order_($"edit {Text(wanted)}", model => model.Edit(wanted), () => SendAsync(new EditOrder(_id, edit, null, Reader)), takesStock: true);
            case 11 or 12 or 13 or 14:
                var sent = Some(model.Held.ToDictionary(line => line.Key, line => _chance.Next(12) == 0 ? line.Value + 1 : line.Value - model.Shipped(line.Key)));
                var parcel = Commerce.EventStore.Identifiers.Next();
                return new Step(
                    $"ship {Text(sent)}", model => model.Ship(parcel, sent),
                    async () => Answer.Of(await SendAsync(new ShipOrder(_id, parcel, new ShipOrderRequest(Asked(sent), "DHL", "JD01"), null))));
            case 15 when model.Parcels.Count > 0:
                var at = _chance.Next(model.Parcels.Count);
                return new Step($"deliver {at}", model => model.Deliver(at), async () => Answer.Of(await SendAsync(new DeliverShipment(_id, model.Parcels[at].Id, null))));
            case 16 or 17 or 18 when model.Parcels.Count > 0:
                return Back(model);
            default:
                return new Step("note", model => model.Note(), async () => Answer.Of(await SendAsync(new AddOrderNote(_id, Commerce.EventStore.Identifiers.Next(), "hello", true, "key:histories", null, Reader))));
        }
    }

    private Step Back(ModelOrder model)
    {
        var one = model.Returns.Count - 1;
        if (one < 0 || model.Returns[one].Status is "Received" or "Rejected" || _chance.Next(5) == 0)
        {
            var back = Some(model.Held.ToDictionary(line => line.Key, line => model.Shipped(line.Key)));
            KeyValuePair<string, int>? other = _chance.Next(3) == 0 ? Lines(1, 2).Single() : null;
            var id = Commerce.EventStore.Identifiers.Next();
            var ask = new RequestReturnRequest([.. back.Select(line => new RequestedReturnLine(line.Key, line.Value))], other is { } wanted ? [new OrderLineRequest(wanted.Key, wanted.Value)] : null);
            return new Step(
                other is null ? $"return {Text(back)}" : $"exchange {Text(back)} for {other}", model => model.AskReturn(id, back, other),
                async () => Answer.Of(await SendAsync(new RequestReturn(_id, id, ask, null, Reader))));
        }

        var known = model.Returns[one];
        if (known.Status == "Requested" || _chance.Next(6) == 0)
        {
            return _chance.Next(5) > 0
                ? new Step($"approve {one}", model => model.Approve(one), async () => Answer.Of(await SendAsync(new ApproveReturn(_id, known.Id, null))))
                : new Step($"reject {one}", model => model.Reject(one), async () => Answer.Of(await SendAsync(new RejectReturn(_id, known.Id, null, null))));
        }

        var left = known.Lines.ToDictionary(line => line.Key, line => line.Value - known.Received.GetValueOrDefault(line.Key));
        var arrived = Some(left);
        var (isSellable, more) = (_chance.Next(3) > 0, _chance.Next(3) == 0);
        var receipt = new ReceiveReturnRequest(
            [.. arrived.Select(line => new ReceiveReturnLineRequest(line.Key, line.Value, isSellable ? ReturnCondition.Sellable : ReturnCondition.Damaged))], more);
        return new Step(
            $"{(known.Replacement is null ? "receive" : "replace")} {one} {Text(arrived)}{(more ? " and more" : "")}", model => model.Receive(one, arrived, isSellable, more),
            async () => Answer.Of(await SendAsync(new ReceiveReturn(_id, known.Id, receipt, null))), TakesStock: true);
    }

    private static Step Order_(string name, Func<ModelOrder, string?> expect, Func<Task<Outcome<OrderResponse>>> send, bool takesStock = false) => new(
        name, expect,
        async () =>
        {
            var outcome = await send();
            return new Answer(outcome.Refusal, outcome.IsSuccess ? outcome.Value : null);
        },
        takesStock);

    private async Task<OrderResponse> ShownAsync() => OrderDocuments.Read((await SendAsync(new GetOrder(_id, null, null, Reader))).Value.Body.ToArray());

    private void Compare(OrderResponse shown) => Seen(shown).ShouldBe(Expected(_model!));

    private static bool Matches(ModelOrder model, OrderResponse shown) => Seen(shown) == Expected(model);

    private static string Seen(OrderResponse order)
    {
        // What is true of every order at every step, whatever the model says.
        order.Subtotal.Amount.ShouldBe(order.Lines.Sum(line => line.Total.Amount));
        order.Total.ShouldBe(order.Subtotal + order.Shipping + order.Tax - order.Discount);
        (order.Payment.Refunded <= order.Payment.Captured).ShouldBeTrue();
        order.Lines.ShouldAllBe(line => line.Returned <= line.Shipped && line.Shipped <= line.Quantity);
        var lines = order.Lines.OrderBy(line => line.Sku, StringComparer.Ordinal).Select(line => $"{line.Sku} {line.Quantity} {line.Shipped} {line.Returned}");
        return $"{order.Status}: {string.Join(", ", lines)}; {order.Total.Amount:F2}, {order.Payment.Authorized.Amount:F2} held, {order.Payment.Captured.Amount:F2} taken, "
            + $"{order.Payment.Refunded.Amount:F2} back, {order.Payment.Due.Amount:F2} due; {string.Join(", ", order.Returns.Select(one => $"{one.Id} {one.Status}"))}; {string.Join(", ", order.Shipments.Select(one => one.Id))}";
    }

    private static string Expected(ModelOrder model)
    {
        var lines = model.Held.Select(line => $"{line.Key} {line.Value} {model.Shipped(line.Key)} {model.Returned(line.Key)}");
        return $"{model.Status}: {string.Join(", ", lines)}; {model.Total:F2}, {model.Authorized:F2} held, {model.Captured:F2} taken, {model.Refunded:F2} back, {model.Open:F2} due; "
            + $"{string.Join(", ", model.Returns.Select(one => $"{one.Id} {one.Status}"))}; {string.Join(", ", model.Parcels.Select(one => one.Id))}";
    }

    private static void ThenShort(Refusal refusal) =>
        refusal.ShouldBeOfType<InsufficientStock>().Shortages.ShouldAllBe(line => line.Requested > line.Available && line.Available >= 0);

    private async Task<Outcome<T>> SendAsync<T>(IRequest<Outcome<T>> request)
    {
        Commands++;
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request);
    }

    private SortedDictionary<string, int> Lines(int count, int most)
    {
        var lines = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            lines[shelf.Any(_chance)] = _chance.Next(1, most + 1);
        }

        return lines;
    }

    // Some units of some of these; one too many when there is nothing.
    private SortedDictionary<string, int> Some(IReadOnlyDictionary<string, int> most)
    {
        var some = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var all = _chance.Next(2) == 0;
        foreach (var (sku, quantity) in most.OrderBy(line => line.Key, StringComparer.Ordinal).Where(line => line.Value > 0 && (all || _chance.Next(2) == 0)))
        {
            some[sku] = all ? quantity : _chance.Next(1, quantity + 1);
        }

        if (some.Count == 0)
        {
            some[most.Keys.Order(StringComparer.Ordinal).First()] = 1;
        }

        return some;
    }

    private static OrderLineRequest[] Asked(IEnumerable<KeyValuePair<string, int>> lines) => [.. lines.Select(line => new OrderLineRequest(line.Key, line.Value))];

    private static string Text(IEnumerable<KeyValuePair<string, int>> lines) => string.Join('+', lines.Select(line => $"{line.Value}*{line.Key}"));

    private void Say(string what) => _trace.Add(what);

    private static string Say(Answer answer) => answer.Refusal?.GetType().Name ?? "done";

    private sealed record Step(string Name, Func<ModelOrder, string?> Expect, Func<Task<Answer>> SendAsync, bool TakesStock = false);

    private sealed record Answer(Refusal? Refusal, OrderResponse? Shown)
    {
        public static Answer Of<T>(Outcome<T> outcome) => new(outcome.Refusal, null);
    }
}

/// <summary>A history in which application and model parted, with all that led there.</summary>
internal sealed class HistoryBroken(string message, Exception? inner) : Exception(message, inner);
