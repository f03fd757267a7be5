using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.Benchmarks.Harness;

namespace Commerce.Benchmarks.Mix;

/// <summary>What the callers of a marketplace do, 30 % checkouts, 5 % dashboards, 3 % new prices, 2 % replaced products, 60 % steps of deliveries, and what they hold the answers against.</summary>
public sealed class MixTraffic : IDisposable
{
    private const string Key = "X-Api-Key";
    private const int MostLines = 3;
    private const int DashboardLimit = 50;

    private static readonly object Address = new { name = "Kim Min-ji", line1 = "12 Sejong-daero", city = "Seoul", postalCode = "04524", country = "KR" };

    private readonly HttpClient _http;
    private readonly Guid[] _products;
    private readonly Random[] _chance;
    private readonly double[]? _shares;
    private readonly int _callers;
    private readonly string _name;
    private readonly ConcurrentQueue<Delivery> _open = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentDictionary<string, long> _done = new(StringComparer.Ordinal);
    private readonly long[] _numbers;

    public MixTraffic(int port, int callers, Guid[] products, bool isSkewed)
    {
        (_products, _callers, _name) = (products, callers, $"mix-{(isSkewed ? "zipf" : "uniform")}-{Environment.ProcessId}");
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = callers }) { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/") };
        _http.DefaultRequestHeaders.Add(Key, HostProcess.Key);
        _chance = [.. Enumerable.Range(0, callers).Select(caller => new Random(HashCode.Combine(caller, isSkewed)))];
        _numbers = new long[callers];
        if (isSkewed)
        {
            var sum = 0.0;
            _shares = [.. Enumerable.Range(1, products.Length - 1).Select(rank => sum += 1.0 / rank)];
        }
    }

    /// <summary>What was done, by kind.</summary>
    public IReadOnlyDictionary<string, long> Done => _done;

    /// <summary>Answers that contradict what was told before.</summary>
    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>Forgets what was counted while the Host warmed up; contradictions stay.</summary>
    public void Forget() => _done.Clear();

    /// <summary>One action of one caller.</summary>
    public async Task<bool> ActAsync(int caller, long number)
    {
        var chance = _chance[caller];
        var (kind, done) = chance.Next(100) switch
        {
            < 30 => ("checkout", await CheckOutAsync(caller, chance)),
            < 35 => ("dashboard", await LookAsync()),
            < 38 => ("price", await PriceAsync(caller, chance)),
            < 40 => ("replace", await ReplaceAsync(caller, chance)),
            _ => ("delivery", await DeliverAsync(caller)),
        };
        if (done)
        {
            _done.AddOrUpdate(kind, 1, (_, count) => count + 1);
        }

        return done;
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> CheckOutAsync(int caller, Random chance)
    {
        var lines = Enumerable.Range(0, chance.Next(1, MostLines + 1)).Select(_ => Product(chance)).Distinct().Select(product => (Sku: Shop.Sku(product), Quantity: chance.Next(1, 4))).ToList();
        if (await SendAsync(HttpMethod.Post, "carts", new { currency = "USD", items = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }) }, caller, HttpStatusCode.Created) is not { } cart)
        {
            return false;
        }

        var order = await SendAsync(
            HttpMethod.Post, $"carts/{cart.Body.GetProperty("id").GetGuid()}/checkout",
            new { payment = new { method = "manual" }, shippingAddress = Address, email = "kim@example.com" }, caller, HttpStatusCode.Created);
        if (order is null)
        {
            return false;
        }

        var bought = order.Value.Body.GetProperty("lines").EnumerateArray().Select(line => (line.GetProperty("sku").GetString()!, line.GetProperty("quantity").GetInt32())).Order();
        Hold(bought.SequenceEqual(lines.Order()), $"an order holds other lines than its cart: {order.Value.Body.GetProperty("id")}");
        _open.Enqueue(new Delivery(order.Value.Body.GetProperty("id").GetGuid(), lines));
        return true;
    }

    /// <summary>Staff look at the newest orders: each once, newest first, and each as it reads by itself.</summary>
    private async Task<bool> LookAsync()
    {
        if (await SendAsync(HttpMethod.Get, $"orders?limit={DashboardLimit}", null, 0, HttpStatusCode.OK) is not { } list)
        {
            return false;
        }

        var rows = list.Body.GetProperty("items").EnumerateArray().ToList();
        Hold(rows.Select(row => row.GetProperty("id").GetGuid()).Distinct().Count() == rows.Count, "the dashboard shows an order twice");
        if (rows.Count == 0 || await SendAsync(HttpMethod.Get, $"orders/{rows[0].GetProperty("id").GetGuid()}", null, 0, HttpStatusCode.OK) is not { } order)
        {
            return rows.Count == 0;
        }

        Hold(order.Body.GetProperty("total").GetRawText() == rows[0].GetProperty("total").GetRawText(), $"the dashboard shows another total than order {rows[0].GetProperty("id")}");
        return true;
    }

    /// <summary>A new price, and a cart that is read with its token: it must show the price. Each product has one caller that prices it, so nobody else's price can be seen instead.</summary>
    private async Task<bool> PriceAsync(int caller, Random chance)
    {
        var product = Own(caller, Product(chance));
        if (await SendAsync(HttpMethod.Post, "carts", new { currency = "USD", items = new[] { new { sku = Shop.Sku(product), quantity = 1 } } }, caller, HttpStatusCode.Created) is not { } cart)
        {
            return false;
        }

        var amount = string.Create(CultureInfo.InvariantCulture, $"{chance.Next(2, 90)}.{chance.Next(100):00}");
        var priced = await SendAsync(HttpMethod.Put, $"products/{_products[product]}/variants/{Shop.Sku(product)}/prices", new[] { new { currency = "USD", amount } }, caller, HttpStatusCode.OK);
        if (priced is null || await SendAsync(HttpMethod.Get, $"carts/{cart.Body.GetProperty("id").GetGuid()}", null, caller, HttpStatusCode.OK, priced.Value.Token) is not { } read)
        {
            return false;
        }

        var shown = read.Body.GetProperty("items")[0].GetProperty("unitPrice").GetProperty("amount").GetString();
        Hold(shown == amount, $"a cart shows {shown} for {Shop.Sku(product)} to whom {amount} was acknowledged");
        return true;
    }

    /// <summary>A product that says something else, and still has its stock.</summary>
    private async Task<bool> ReplaceAsync(int caller, Random chance)
    {
        var product = Own(caller, Product(chance));
        var name = string.Create(CultureInfo.InvariantCulture, $"Product {product} as of {caller} {_numbers[caller]++}");
        var body = new { translations = new { en = new { name, description = "Another description than before." } } };
        if (await SendAsync(HttpMethod.Patch, $"products/{_products[product]}", body, caller, HttpStatusCode.OK) is not { } replaced
            || await SendAsync(HttpMethod.Get, $"products/{_products[product]}?locale=en&currency=USD", null, caller, HttpStatusCode.OK, replaced.Token) is not { } read
            || await SendAsync(HttpMethod.Get, $"inventory/{Shop.Sku(product)}", null, caller, HttpStatusCode.OK, replaced.Token) is not { } stock)
        {
            return false;
        }

        Hold(read.Body.GetRawText().Contains(name, StringComparison.Ordinal), $"{Shop.Sku(product)} does not say what was acknowledged");
        Hold(stock.Body.GetProperty("onHand").GetInt32() >= stock.Body.GetProperty("reserved").GetInt32(), $"{Shop.Sku(product)} promises more than it has");
        return true;
    }

    /// <summary>The next step of the order that waits longest: paid, sent, delivered.</summary>
    private async Task<bool> DeliverAsync(int caller)
    {
        if (!_open.TryDequeue(out var delivery))
        {
            // Everything is delivered: somebody looks and finds nothing to do.
            return await LookAsync();
        }

        var done = delivery.Step switch
        {
            0 => await SendAsync(HttpMethod.Post, $"orders/{delivery.Order}/payments/capture", new { }, caller, HttpStatusCode.OK),
            1 => await SendAsync(
                HttpMethod.Post, $"orders/{delivery.Order}/shipments",
                new { lines = delivery.Lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }), carrier = "DHL", trackingNumber = $"T-{delivery.Order:N}" }, caller, HttpStatusCode.Created),
            _ => await SendAsync(HttpMethod.Post, $"orders/{delivery.Order}/shipments/{delivery.Shipment}/delivered", new { }, caller, HttpStatusCode.OK),
        };
        if (done is not { } step)
        {
            return false;
        }

        switch (delivery.Step)
        {
            case 0:
                Hold(step.Body.GetProperty("status").GetString() == "confirmed", $"order {delivery.Order} was paid and is not confirmed");
                _open.Enqueue(delivery with { Step = 1 });
                break;
            case 1:
                _open.Enqueue(delivery with { Step = 2, Shipment = step.Body.GetProperty("id").GetGuid() });
                break;
            default:
                Hold(step.Body.GetProperty("orderStatus").GetString() == "completed", $"order {delivery.Order} was delivered and is not completed");
                break;
        }

        return true;
    }

    private async Task<(JsonElement Body, string? Token)?> SendAsync(HttpMethod method, string path, object? body, int caller, HttpStatusCode expected, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (method == HttpMethod.Post)
        {
            request.Headers.Add("Idempotency-Key", string.Create(CultureInfo.InvariantCulture, $"{_name}-{caller}-{_numbers[caller]++}"));
        }

        if (token is not null)
        {
            request.Headers.Add("X-Consistency-Token", token);
        }

        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsByteArrayAsync();
        if (answer.StatusCode == expected)
        {
            return (JsonSerializer.Deserialize<JsonElement>(text), answer.Headers.TryGetValues("X-Consistency-Token", out var tokens) ? tokens.Single() : null);
        }

        // A busy shop may say so; anything else was not to happen here.
        Hold(answer.StatusCode == HttpStatusCode.ServiceUnavailable, $"{method} {path.Split('?')[0]} was answered {(int)answer.StatusCode}: {System.Text.Encoding.UTF8.GetString(text)[..Math.Min(text.Length, 300)]}");
        return null;
    }

    private void Hold(bool isTrue, string violation)
    {
        if (!isTrue)
        {
            _violations.Enqueue(violation);
        }
    }

    private int Product(Random chance)
    {
        if (_shares is not { } shares)
        {
            return chance.Next(1, _products.Length);
        }

        var at = Array.BinarySearch(shares, chance.NextDouble() * shares[^1]);
        return Math.Min(at < 0 ? ~at : at, shares.Length - 1) + 1;
    }

    // The product next to the one that was drawn that this caller has for itself.
    private int Own(int caller, int product)
    {
        var own = product - (product % _callers) + caller;
        return own < 1 ? own + _callers : own >= _products.Length ? own - _callers : own;
    }

    private sealed record Delivery(Guid Order, IReadOnlyList<(string Sku, int Quantity)> Lines)
    {
        public int Step { get; init; }

        public Guid Shipment { get; init; }
    }
}
